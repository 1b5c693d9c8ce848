// What the library's files share: how a tensor is described, and what every set of kernels offers.
#pragma once

#include <cstdint>

enum Type { FLOAT32, FLOAT64, FLOAT16, BFLOAT16, INT64, INT32, INT16, INT8, UINT8 };
enum Reduction { NONE, SUM, MEAN };

struct Operand {  // an argument; no data: it is not there
    const void* data;
    int type;
};

struct Target {  // a result; no data: nobody asked for it
    void* data;
    int type;
};

// One loss, element by element; of a lead of `input` over `other`, for some. `scale` multiplies the gradient,
// and `upstream`, if there, element by element.
struct Elements {
    int loss;
    Operand input, other, label;
    int64_t repeat;  // consecutive inputs that share a label
    const double* settings;
    const double* table;  // two rows of settings for the positions of the last axis, of extent `columns`
    int64_t columns;
    Operand weight, upstream;
    double scale;
    Target value, gradient;  // `value`: of every element
};

// One loss of outer · inner rows of logits, whose class axis lies between: number k of row (o, i) is at
// (o · classes + k) · inner + i. The label is an id or a distribution q, of which keep · q + spread counts.
struct Softmax {
    int loss;
    int64_t classes, inner;
    Operand input, ids, shares;
    double keep, spread;
    bool soft;       // whether what counts is a distribution
    bool any_share;  // whether it may be no distribution
    bool ignoring;
    int64_t ignored;
    Operand factor;  // of every class
    bool factor_counts;
    Operand weight, upstream;
    const double* settings;
    int count;  // of settings
    double scale;
    Target value, gradient;
};

// One loss of n pairs of boxes [n, 4].
struct Boxes {
    int loss;
    bool centred;            // centre and size, not two corners
    const double* settings;  // epsilon, and what the loss has besides
    Operand input, label, upstream;
    double scale;
    Target value, gradient;
};

// The sum of a part of the elements, and whether all it read was valid.
struct Part {
    double sum;
    bool valid;
};

struct Kernels {
    const char* name;
    Part (*elementwise)(const Elements&, int64_t begin, int64_t end);
    Part (*weights)(Operand, int64_t begin, int64_t end);
    Part (*softmax)(const Softmax&, int64_t begin, int64_t end);
    Part (*count_of_rows)(const Softmax&, int64_t begin, int64_t end);
    Part (*boxes)(const Boxes&, int64_t begin, int64_t end);
    void (*scale)(Target, double by, int64_t begin, int64_t end);
};
