/* The work of leed.matrix_keys in one pass over memory where NumPy takes many: rows of scores to integers for what is
   said of them, the different ones among these, and the terms of each row.

   What comes out is that of the NumPy code to the bit: all arithmetic is one float32 subtraction for each label that
   stands out; the rest is comparing and copying. Whatever arrays are given, no memory but theirs is touched: those that
   do not fit each other are refused. */

#include "compiled.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { QUIET = 0, WITHHELD = 1, UNREPORTED = 2, NOTHING = 3, HINTS = 4 }; /* as in Keys.fixed; hints behind them */
enum { EIGHT = 8 };

/* --- rows to integers */

typedef struct {
    Py_ssize_t width;           /* numbers of a row */
    Py_ssize_t labels;          /* those of them that may be named */
    Py_ssize_t steps;
    const float *named_from;    /* (width,) infinite for what is never named */
    const float *usual;         /* (width,) */
    const int32_t *number;      /* (width,) the number of a nameable label, -1 for others */
    const uint8_t *near;        /* (labels, labels) whether the second is not named beside the first */
    const float *bounds;        /* (steps,) rising */
    const float *hinted_from;   /* (width,) infinite for what is never hinted at */
    const float *withheld_from; /* (width,) infinite for what is not withheld */
    int64_t base;
    int top;
    int gated;
} Plan;

typedef struct {
    float height;
    float score;
    int32_t number;
} Found;

static int is_finite(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (bits & 0x7f800000u) != 0x7f800000u;
}

static Py_ssize_t count_missing(const float *row, Py_ssize_t width)
{
    int32_t missing = 0;
    for (Py_ssize_t j = 0; j < width; j++)
        missing += !is_finite(row[j]);
    return missing;
}

/* The labels that may be named, with their heights. Most stay below their bound: eight at a time are passed over. */
static Py_ssize_t find(const float *row, const Plan *plan, uint8_t *reached, Found *found)
{
    Py_ssize_t count = 0;
    for (Py_ssize_t j = 0; j < plan->width; j++)
        reached[j] = row[j] >= plan->named_from[j];
    for (Py_ssize_t start = 0; start < plan->width; start += EIGHT) {
        uint64_t eight;
        memcpy(&eight, reached + start, EIGHT);
        if (!eight)
            continue;
        for (Py_ssize_t j = start; j < start + EIGHT; j++) {
            if (!reached[j])
                continue;
            float height = row[j] - plan->usual[j];
            if (is_finite(row[j]) && plan->number[j] >= 0 && height > 0.0f)
                found[count++] = (Found){height, row[j], plan->number[j]};
        }
    }
    return count;
}

static int is_before(const Found *a, const Found *b)
{
    return a->height > b->height || (a->height == b->height && a->number < b->number);
}

static int is_near_any(const Plan *plan, const int32_t *named, int count, int32_t number)
{
    for (int i = 0; i < count; i++)
        if (plan->near[named[i] * plan->labels + number])
            return 1;
    return 0;
}

static int64_t digit_of(const Plan *plan, const Found *found)
{
    int64_t step = 0;
    for (Py_ssize_t i = 0; i < plan->steps; i++)
        step += found->score >= plan->bounds[i];
    return step ? found->number * plan->steps + step : 0;
}

/* The terms as digits, the first the highest. Numbers wrap as NumPy's do. */
static int64_t terms_of(const Plan *plan, Found *found, Py_ssize_t count, int32_t *named)
{
    uint64_t terms = 0;
    int taken = 0;
    while (taken < plan->top && count) {
        Py_ssize_t best = 0;
        for (Py_ssize_t i = 1; i < count; i++)
            if (is_before(&found[i], &found[best]))
                best = i;
        Found next = found[best];
        found[best] = found[--count];
        if (is_near_any(plan, named, taken, next.number))
            continue;
        terms = terms * (uint64_t)plan->base + (uint64_t)digit_of(plan, &next);
        named[taken++] = next.number;
    }
    for (; taken < plan->top; taken++)
        terms *= (uint64_t)plan->base;
    return (int64_t)terms;
}

/* What fits a row without terms. */
static int64_t quiet_of(const float *row, const Plan *plan, Py_ssize_t missing)
{
    int64_t kind = missing == plan->width ? UNREPORTED : QUIET;
    int is_loud = 0, is_withheld = 0, is_hinted = 0;
    float most = 0.0f;
    int32_t hinted = 0;
    for (Py_ssize_t j = 0; j < plan->width; j++) {
        float score = row[j];
        if (!is_finite(score))
            continue;
        is_withheld |= score >= plan->withheld_from[j];
        if (!plan->gated || plan->number[j] < 0)
            continue;
        is_loud |= score >= plan->bounds[0];
        if (score >= plan->hinted_from[j]) {
            float above = score - plan->usual[j];
            if (!is_hinted || above > most || (above == most && plan->number[j] < hinted)) {
                is_hinted = 1;
                most = above;
                hinted = plan->number[j];
            }
        }
    }
    if (is_hinted)
        return HINTS + hinted;
    if (is_withheld)
        return WITHHELD;
    return is_loud ? NOTHING : kind;
}

static Py_ssize_t keys_of(const float *block, Py_ssize_t rows, const Plan *plan, uint8_t *reached, Found *found,
                          int32_t *named, int64_t *keys)
{
    Py_ssize_t missing = 0;
    for (Py_ssize_t i = 0; i < rows; i++) {
        const float *row = block + i * plan->width;
        Py_ssize_t here = count_missing(row, plan->width);
        int64_t terms = terms_of(plan, found, find(row, plan, reached, found), named);
        keys[i] = terms ? terms : -1 - quiet_of(row, plan, here);
        missing += here;
    }
    return missing;
}

PyDoc_STRVAR(keys_doc,
"keys(block, named_from, usual, number, near, bounds, hinted_from, withheld_from, base, top, gated, out, /)\n--\n\n"
"Write the integer of each row of a block; return how many of its scores are not finite.\n\n"
"All arrays are contiguous; see leed.accelerator.Rows for what they are.");

static PyObject *keys(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer block, named_from, usual, number, near, bounds, hinted_from, withheld_from, out;
    long long base;
    int top, gated;
    PyObject *result = NULL;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*y*y*Lipw*:keys", &block, &named_from, &usual, &number, &near, &bounds,
                          &hinted_from, &withheld_from, &base, &top, &gated, &out))
        return NULL;

    Py_ssize_t width = named_from.len / (Py_ssize_t)sizeof(float), rows = out.len / (Py_ssize_t)sizeof(int64_t);
    Py_ssize_t labels = 0;
    int fits = width > 0 && top > 0 && named_from.len == width * (Py_ssize_t)sizeof(float);
    fits = fits && usual.len == named_from.len && number.len == named_from.len && hinted_from.len == named_from.len;
    fits = fits && withheld_from.len == named_from.len && block.len == rows * named_from.len;
    fits = fits && bounds.len >= (Py_ssize_t)sizeof(float);
    while (labels * labels < near.len)
        labels++;
    fits = fits && labels * labels == near.len;
    for (Py_ssize_t j = 0; fits && j < width; j++)
        fits = ((const int32_t *)number.buf)[j] < labels;

    uint8_t *reached = PyMem_Calloc((size_t)width + EIGHT, sizeof *reached); /* what is beyond the row stays 0 */
    Found *found = PyMem_Calloc((size_t)width + 1, sizeof *found);
    int32_t *named = PyMem_Calloc(top > 0 ? (size_t)top : 1, sizeof *named);
    if (!reached || !found || !named) {
        PyErr_NoMemory();
    } else if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the arrays do not fit each other");
    } else {
        Plan plan = {
            .width = width, .labels = labels, .steps = bounds.len / (Py_ssize_t)sizeof(float),
            .named_from = named_from.buf, .usual = usual.buf, .number = number.buf, .near = near.buf,
            .bounds = bounds.buf, .hinted_from = hinted_from.buf, .withheld_from = withheld_from.buf,
            .base = base, .top = top, .gated = gated,
        };
        Py_ssize_t missing;
        Py_BEGIN_ALLOW_THREADS
        missing = keys_of(block.buf, rows, &plan, reached, found, named, out.buf);
        Py_END_ALLOW_THREADS
        result = PyLong_FromSsize_t(missing);
    }
    PyMem_Free(reached);
    PyMem_Free(found);
    PyMem_Free(named);

    Py_buffer *given[] = {&block, &named_from, &usual, &number, &near, &bounds, &hinted_from, &withheld_from, &out};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        PyBuffer_Release(given[i]);
    return result;
}

/* --- different integers */

typedef struct {
    int64_t *values; /* the different ones, as they come */
    int32_t *slots;  /* for each hash the place of a value and 1, or 0 */
    Py_ssize_t count;
    int bits; /* of a hash: at most half of the slots are taken */
} Numbers;

static Py_ssize_t slot_of(const Numbers *numbers, int64_t value)
{
    Py_ssize_t last = ((Py_ssize_t)1 << numbers->bits) - 1;
    Py_ssize_t slot = (Py_ssize_t)(((uint64_t)value * 0x9E3779B97F4A7C15u) >> (64 - numbers->bits));
    while (numbers->slots[slot] && numbers->values[numbers->slots[slot] - 1] != value)
        slot = (slot + 1) & last;
    return slot;
}

static int make_room(Numbers *numbers)
{
    int bits = numbers->bits ? numbers->bits + 2 : 12;
    Py_ssize_t size = (Py_ssize_t)1 << bits;
    int64_t *values = realloc(numbers->values, (size_t)(size / 2) * sizeof *values);
    if (values)
        numbers->values = values;
    int32_t *slots = calloc((size_t)size, sizeof *slots);
    if (!values || !slots) {
        free(slots);
        return 0;
    }
    free(numbers->slots);
    numbers->slots = slots;
    numbers->bits = bits;
    for (Py_ssize_t i = 0; i < numbers->count; i++)
        slots[slot_of(numbers, values[i])] = (int32_t)i + 1;
    return 1;
}

static int number_all(Numbers *numbers, const int64_t *given, Py_ssize_t count, int32_t *places)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        if (i && given[i] == given[i - 1]) {
            places[i] = places[i - 1];
            continue;
        }
        if ((!numbers->bits || numbers->count == (Py_ssize_t)1 << (numbers->bits - 1)) && !make_room(numbers))
            return 0;
        Py_ssize_t slot = slot_of(numbers, given[i]);
        if (!numbers->slots[slot]) {
            numbers->values[numbers->count++] = given[i];
            numbers->slots[slot] = (int32_t)numbers->count;
        }
        places[i] = numbers->slots[slot] - 1;
    }
    return 1;
}

PyDoc_STRVAR(number_doc,
"number(given, places, /)\n--\n\n"
"Return different int64 as bytes, in the order in which they come; write which of them stands in each place, int32.");

static PyObject *number(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer given, places;
    Numbers numbers = {0};
    PyObject *result = NULL;
    if (!PyArg_ParseTuple(args, "y*w*:number", &given, &places))
        return NULL;

    Py_ssize_t count = places.len / (Py_ssize_t)sizeof(int32_t);
    if (count >= INT32_MAX || given.len != count * (Py_ssize_t)sizeof(int64_t)) {
        PyErr_SetString(PyExc_ValueError, "the arrays do not fit each other");
    } else {
        int is_done;
        Py_BEGIN_ALLOW_THREADS
        is_done = number_all(&numbers, given.buf, count, places.buf);
        Py_END_ALLOW_THREADS
        if (is_done)
            result = PyBytes_FromStringAndSize((const char *)numbers.values,
                                               numbers.count * (Py_ssize_t)sizeof *numbers.values);
        else
            PyErr_NoMemory();
    }
    free(numbers.values);
    free(numbers.slots);
    PyBuffer_Release(&given);
    PyBuffer_Release(&places);
    return result;
}

/* --- terms of rows */

typedef struct {
    const int32_t *codes;   /* (rows,) which sentence each row has */
    const int64_t *offsets; /* (sentences + 1,) where the terms of each begin */
    const int32_t *which;   /* (listed,) the terms of all sentences */
    const int64_t *places;  /* (terms,) the column of each term's label */
    Py_ssize_t rows, sentences, listed, terms, width;
} Told;

static int is_sound(const Told *told)
{
    if (told->offsets[0] != 0 || told->offsets[told->sentences] != told->listed)
        return 0;
    for (Py_ssize_t i = 0; i < told->sentences; i++)
        if (told->offsets[i + 1] < told->offsets[i])
            return 0;
    for (Py_ssize_t i = 0; i < told->listed; i++)
        if (told->which[i] < 0 || told->which[i] >= told->terms)
            return 0;
    for (Py_ssize_t i = 0; i < told->terms; i++)
        if (told->places[i] < 0 || told->places[i] >= told->width)
            return 0;
    return 1;
}

/* How many terms all rows have; below 0 where a row has no sentence. */
static int64_t count_terms(const Told *told)
{
    int64_t count = 0;
    for (Py_ssize_t i = 0; i < told->rows; i++) {
        int32_t code = told->codes[i];
        if (code < 0 || code >= told->sentences)
            return -1;
        count += told->offsets[code + 1] - told->offsets[code];
    }
    return count;
}

static void lay_out(const Told *told, const float *matrix, int32_t *begins, int32_t *found, float *scores)
{
    int32_t count = 0;
    for (Py_ssize_t i = 0; i < told->rows; i++) {
        int32_t code = told->codes[i];
        begins[i] = count;
        for (int64_t j = told->offsets[code]; j < told->offsets[code + 1]; j++) {
            found[count] = told->which[j];
            scores[count++] = matrix[i * told->width + told->places[told->which[j]]];
        }
    }
    begins[told->rows] = count;
}

PyDoc_STRVAR(terms_doc,
"terms(codes, offsets, which, places, matrix, begins, found, scores, /)\n--\n\n"
"Write for each row where its terms begin, and one behind them; and all terms, with their scores.");

static PyObject *terms(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer codes, offsets, which, places, matrix, begins, found, scores;
    PyObject *result = NULL;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*w*w*w*:terms", &codes, &offsets, &which, &places, &matrix, &begins, &found,
                          &scores))
        return NULL;

    Told told = {
        .codes = codes.buf, .offsets = offsets.buf, .which = which.buf, .places = places.buf,
        .rows = codes.len / (Py_ssize_t)sizeof(int32_t),
        .sentences = offsets.len / (Py_ssize_t)sizeof(int64_t) - 1,
        .listed = which.len / (Py_ssize_t)sizeof(int32_t),
        .terms = places.len / (Py_ssize_t)sizeof(int64_t),
    };
    told.width = told.rows ? matrix.len / (Py_ssize_t)sizeof(float) / told.rows : 0;
    int fits = told.sentences >= 0 && matrix.len == told.rows * told.width * (Py_ssize_t)sizeof(float);
    fits = fits && begins.len == codes.len + (Py_ssize_t)sizeof(int32_t) && scores.len == found.len;
    fits = fits && (!told.rows || is_sound(&told));
    int64_t count = fits ? count_terms(&told) : -1;
    if (count < 0 || count > INT32_MAX || found.len != count * (Py_ssize_t)sizeof(int32_t)) {
        PyErr_SetString(PyExc_ValueError, "the arrays do not fit each other");
    } else {
        lay_out(&told, matrix.buf, begins.buf, found.buf, scores.buf);
        result = Py_NewRef(Py_None);
    }

    Py_buffer *given[] = {&codes, &offsets, &which, &places, &matrix, &begins, &found, &scores};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        PyBuffer_Release(given[i]);
    return result;
}

PyMethodDef rows_methods[] = {
    {"keys", keys, METH_VARARGS, keys_doc},
    {"number", number, METH_VARARGS, number_doc},
    {"terms", terms, METH_VARARGS, terms_doc},
    {NULL, NULL, 0, NULL},
};
