/* The work of leed.readers.hume_decoding on scores: lists of names and scores are lifted out of JSON while it is passed once.

   Whatever is not exactly as expected is left to the code in Python: then nothing is lifted at all. What stays behind of
   the JSON is as valid as the JSON was, for only lists that are valid themselves are taken out of it. */

#include "compiled.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char KEY[] = "\"emotions\"";
enum { KEY_SIZE = sizeof KEY - 1 };

typedef struct {
    const char *text; /* in quotation marks, as JSON has it */
    Py_ssize_t size;
    const char *before; /* what stood before its number in the last list; most often the same stands in the next */
    Py_ssize_t before_size;
} Name;

typedef struct {
    const char *at, *end;
    Name *names;
    Py_ssize_t width;
    char *left;    /* what stays behind; it is never longer than the JSON */
    float *scores; /* rows of width */
    Py_ssize_t rows, most;
} Passing;

/* --- numbers */

enum { MOST_DIGITS = 19, MOST_PLACES = 27, LONGEST = 64 };

static const double TENS[MOST_PLACES + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13,
    1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27,
};

static int is_digit(const char *at, const char *end)
{
    return at < end && *at >= '0' && *at <= '9';
}

/* A number as the float32 next to the float64 next to it, as Python and NumPy have it. Where that may not be the one
   next to a quotient of two float64, which is off by 3 units in the last place at most, Python is asked. Returns the
   place behind it, or NULL where it is no number of JSON, or none that float32 holds. */
static const char *number_at(const char *at, const char *end, float *score)
{
    const char *start = at;
    uint64_t digits = 0;
    int count = 0, places = 0, is_negative = at < end && *at == '-';
    at += is_negative;
    const char *first = at;
    for (; is_digit(at, end); at++) {
        digits = digits * 10 + (uint64_t)(*at - '0');
        count += count || *at != '0';
    }
    if (at == first || (*first == '0' && at - first > 1))
        return NULL;
    if (at < end && *at == '.') {
        first = ++at;
        for (; is_digit(at, end); at++) {
            digits = digits * 10 + (uint64_t)(*at - '0');
            count += count || *at != '0';
        }
        if (at == first || at - first > LONGEST)
            return NULL;
        places = (int)(at - first);
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        int is_below = ++at < end && *at == '-', exponent = 0;
        at += at < end && (*at == '-' || *at == '+');
        first = at;
        for (; is_digit(at, end); at++)
            exponent = exponent < LONGEST ? exponent * 10 + (*at - '0') : exponent;
        if (at == first)
            return NULL;
        places += is_below ? exponent : -exponent;
    }
    if (at - start > LONGEST || (is_negative && !count)) /* msgspec has its own mind about -0 */
        return NULL;

    double value = 0.0;
    int is_sure = 0;
    if (count <= MOST_DIGITS && places >= 0 && places <= MOST_PLACES) {
        uint64_t bits;
        value = (double)digits / TENS[places];
        memcpy(&bits, &value, sizeof bits);
        uint64_t rest = bits & 0x1fffffffu; /* what float32 has no room for; in the middle it goes up or down */
        is_sure = !count || (value > 1e-30 && (rest < 0x0ffffff0u || rest > 0x10000010u));
    }
    if (!is_sure) {
        char copy[LONGEST + 1] = {0};
        memcpy(copy, start, (size_t)(at - start));
        value = PyOS_string_to_double(copy, NULL, NULL);
        is_negative = 0; /* it has its sign */
        if (value == -1.0 && PyErr_Occurred()) {
            PyErr_Clear();
            return NULL;
        }
    }
    *score = (float)(is_negative ? -value : value);
    return isfinite(*score) ? at : NULL;
}

/* --- lists of scores */

static const char *past_blank(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
        at++;
    return at;
}

/* The place behind a text and what is blank around it, or NULL where another stands there. */
static const char *past(const char *at, const char *end, const char *text, Py_ssize_t size)
{
    at = past_blank(at, end);
    if (end - at < size || memcmp(at, text, (size_t)size) != 0)
        return NULL;
    return past_blank(at + size, end);
}

#define PAST(at, end, text) past(at, end, text, sizeof text - 1)

/* The place of the number in {"name": NAME, "score": NUMBER}. */
static const char *to_number(const char *at, const char *end, const Name *name)
{
    if (!(at = PAST(at, end, "{")) || !(at = PAST(at, end, "\"name\"")) || !(at = PAST(at, end, ":")))
        return NULL;
    if (!(at = past(at, end, name->text, name->size)) || !(at = PAST(at, end, ",")))
        return NULL;
    return (at = PAST(at, end, "\"score\"")) ? PAST(at, end, ":") : NULL;
}

/* Go past a list of all names in their order; return whether there is one. */
static int lift_list(Passing *passing)
{
    const char *end = passing->end, *at = PAST(passing->at, end, "[");
    if (!at || passing->rows == passing->most)
        return 0;
    float *row = passing->scores + passing->rows * passing->width;
    for (Py_ssize_t i = 0; i < passing->width; i++) {
        Name *name = &passing->names[i];
        if (name->before && end - at >= name->before_size && !memcmp(at, name->before, (size_t)name->before_size)) {
            at += name->before_size;
        } else {
            const char *start = at;
            if (i && (!(at = PAST(at, end, "}")) || !(at = PAST(at, end, ","))))
                return 0;
            if (!(at = to_number(at, end, name)))
                return 0;
            name->before = start;
            name->before_size = at - start;
        }
        if (!(at = number_at(at, end, &row[i])))
            return 0;
    }
    if (!(at = PAST(at, end, "}")) || !(at = PAST(at, end, "]")))
        return 0;
    passing->at = at;
    passing->rows++;
    return 1;
}

/* --- what stands around them */

static const char *past_string(const char *at, const char *end)
{
    for (at++; at < end; at++) {
        if (*at == '"')
            return at + 1;
        at += *at == '\\';
    }
    return NULL;
}

/* Lift the list of each object of the outermost list, leaving null; return how much is left of the JSON, or -1 where an
   object does not have just one. */
static Py_ssize_t lift_all(Passing *passing)
{
    char *left = passing->left;
    Py_ssize_t depth = 0, lists = 0;
    while (passing->at < passing->end) {
        char next = *passing->at;
        if (next == '"') {
            const char *start = passing->at;
            if (!(passing->at = past_string(start, passing->end)))
                return -1;
            Py_ssize_t size = passing->at - start;
            memcpy(left, start, (size_t)size);
            left += size;
            if (depth != 2 || size != KEY_SIZE || memcmp(start, KEY, KEY_SIZE) != 0)
                continue;
            if (!(passing->at = PAST(passing->at, passing->end, ":")) || !lift_list(passing))
                return -1;
            memcpy(left, ":null", 5);
            left += 5;
            lists++;
            continue;
        }
        if (next == '{' && depth == 1)
            lists = 0;
        if (next == '}' && depth == 2 && lists != 1)
            return -1;
        depth += (next == '{' || next == '[') - (next == '}' || next == ']');
        *left++ = next;
        passing->at++;
    }
    return left - passing->left;
}

/* The names, and the least bytes that a list of them takes. */
static Name *names_of(PyObject *names, Py_ssize_t width, Py_ssize_t *least)
{
    Name *found = PyMem_Calloc((size_t)width + 1, sizeof *found);
    if (!found) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < width; i++) {
        PyObject *name = PyTuple_GetItem(names, i);
        char *text;
        if (!name || PyBytes_AsStringAndSize(name, &text, &found[i].size) < 0) {
            PyMem_Free(found);
            return NULL;
        }
        found[i].text = text;
        *least += found[i].size + (Py_ssize_t)sizeof "{\"name\":,\"score\":0}," - 1;
    }
    return found;
}

PyDoc_STRVAR(lift_doc,
"lift(data, names, /)\n--\n\n"
"Return a JSON list of objects without the scores in it, and those as bytes of float32; None where they are odd.");

static PyObject *lift(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *names, *result = NULL;
    Py_buffer data;
    if (!PyArg_ParseTuple(args, "y*O:lift", &data, &names))
        return NULL;

    Py_ssize_t width = PyTuple_Check(names) ? PyTuple_Size(names) : 0, least = 0;
    Name *found = NULL;
    Passing passing = {0};
    if (!width) {
        PyErr_SetString(PyExc_ValueError, "the names are a tuple with one at least");
        goto done;
    }
    if (!(found = names_of(names, width, &least)))
        goto done;
    passing = (Passing){.at = data.buf, .end = (const char *)data.buf + data.len, .names = found, .width = width};
    passing.most = data.len / least;
    passing.left = PyMem_Malloc((size_t)data.len + 1);
    passing.scores = PyMem_Calloc((size_t)(passing.most * width) + 1, sizeof(float));
    if (!passing.left || !passing.scores) {
        PyErr_NoMemory();
        goto done;
    }
    Py_ssize_t size = lift_all(&passing);
    if (size < 0)
        result = Py_NewRef(Py_None);
    else
        result = Py_BuildValue("y#y#", passing.left, size, (const char *)passing.scores,
                               passing.rows * width * (Py_ssize_t)sizeof(float));
done:
    PyMem_Free(passing.left);
    PyMem_Free(passing.scores);
    PyMem_Free(found);
    PyBuffer_Release(&data);
    return result;
}

PyMethodDef lift_methods[] = {{"lift", lift, METH_VARARGS, lift_doc}, {NULL, NULL, 0, NULL}};
