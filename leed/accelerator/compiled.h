/* What the files of leed.accelerator._compiled share. */

#ifndef LEED_COMPILED_H
#define LEED_COMPILED_H

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

extern PyMethodDef rows_methods[];
extern PyMethodDef lift_methods[];

#endif
