/* The module leed.accelerator._compiled: what its files give, under one name. Compiled against Python's stable interface:
   one build serves 3.11 and later. */

#include "compiled.h"

static int add_methods(PyObject *module)
{
    return PyModule_AddFunctions(module, rows_methods) || PyModule_AddFunctions(module, lift_methods) ? -1 : 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, add_methods}, {0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "leed.accelerator._compiled", .m_size = 0, .m_slots = slots,
};

PyMODINIT_FUNC PyInit__compiled(void)
{
    return PyModuleDef_Init(&module);
}
