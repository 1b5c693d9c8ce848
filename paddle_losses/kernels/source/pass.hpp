// One pass over the elements: read, compute, write, add up.
#pragma once

#include "elementwise.hpp"
#include "memory.hpp"

namespace ISA {

// `numbers`, or a copy in `buffer` with NaN for those that are not valid.
template <class T, class Valid>
inline const T* checked(const T* numbers, int count, T* buffer, bool& all_valid, Valid valid) {
    BitsOf<T> wrong = 0;  // as wide as T, so that the loop is vectorised
    for (int j = 0; j < count; ++j) wrong |= valid(numbers[j]) ? 0 : 1;
    if (!wrong) return numbers;
    all_valid = false;
    for (int j = 0; j < count; ++j) buffer[j] = valid(numbers[j]) ? numbers[j] : T(NAN);
    return buffer;
}

template <class T> inline const T* load_weights(Operand weight, int64_t start, int count, T* buffer, bool& valid) {
    return checked(load(weight, start, count, buffer), count, buffer, valid, [](T w) { return w >= 0; });
}

inline Part sum_of_weights(Operand weight, int64_t begin, int64_t end) {
    double buffer[block_size];
    Sum sum;
    bool valid = true;
    for (int64_t start = begin; start < end; start += block_size) {
        int count = int(end - start < block_size ? end - start : block_size);
        sum.add(load_weights(weight, start, count, buffer, valid), count);
    }
    return {sum.total(), valid};
}

template <class Loss, class T>
inline const T* load_labels(const Elements& job, int64_t start, int count, T* buffer, bool& valid) {
    T few[block_size];
    const T* labels;
    if (job.repeat == 1) {
        labels = load(job.label, start, count, buffer);
    } else {
        int64_t first = start / job.repeat, last = (start + count - 1) / job.repeat;
        const T* given = load(job.label, first, int(last - first + 1), few);
        for (int j = 0; j < count; ++j) buffer[j] = given[(start + j) / job.repeat - first];
        labels = buffer;
    }
    if (!Loss::checked) return labels;
    return checked(labels, count, buffer, valid, [](T y) { return Loss::valid(y); });
}

template <class Loss, class T>
inline const T* load_inputs(const Elements& job, int64_t start, int count, T* buffer, bool& valid) {
    const T* inputs = load(job.input, start, count, buffer);
    if (!Loss::of_probability) return inputs;
    return checked(inputs, count, buffer, valid, [](T p) { return Loss::valid(p) || p != p; });
}

// Both settings of a block of elements, with NaN for those that are negative.
template <class T> inline void load_table(const Elements& job, int64_t start, T* first, T* second, bool& valid) {
    const double *above = job.table, *below = job.table + job.columns;
    int64_t column = start % job.columns;
    for (int j = 0; j < block_size; ++j) {
        const bool fine = above[column] >= 0 && below[column] >= 0;
        valid &= fine;
        first[j] = fine ? T(above[column]) : T(NAN);
        second[j] = fine ? T(below[column]) : T(NAN);
        column = column + 1 == job.columns ? 0 : column + 1;
    }
}

template <class Loss, class T, bool with_slope> Part pass(const Elements& job, int64_t begin, int64_t end) {
    const Loss loss(job.settings);
    const T scale = T(job.scale);
    T inputs[block_size], labels[block_size], weights[block_size], first[block_size], second[block_size];
    T values[block_size], slopes[block_size];
    Sum sum;
    bool valid = true;
    for (int64_t start = begin; start < end; start += block_size) {
        const int count = int(end - start < block_size ? end - start : block_size);
        const T* __restrict x = load_inputs<Loss>(job, start, count, inputs, valid);
        const T* __restrict y = load_labels<Loss>(job, start, count, labels, valid);
        T* __restrict value = job.value.data ? place(job.value, start, values) : values;
        T* __restrict slope = with_slope ? place(job.gradient, start, slopes) : slopes;
        if constexpr (Loss::tables == 0) {
            for (int j = 0; j < count; ++j) {
                Result<T> at = loss(x[j], y[j]);
                value[j] = at.value;
                if (with_slope) slope[j] = at.slope * scale;
            }
        } else {
            if (start == begin || job.columns > 1) load_table(job, start, first, second, valid);
            for (int j = 0; j < count; ++j) {
                Result<T> at = loss(x[j], y[j], first[j], second[j]);
                value[j] = at.value;
                if (with_slope) slope[j] = at.slope * scale;
            }
        }
        if (job.weight.data) {
            const T* w = load_weights(job.weight, start, count, weights, valid);
            if (!job.value.data) sum.add_products(value, w, count);
            for (int j = 0; j < count; ++j) value[j] *= w[j];
            if (with_slope)
                for (int j = 0; j < count; ++j) slope[j] *= w[j];
        } else if (!job.value.data) {
            sum.add(value, count);
        }
        if (job.value.data) store(job.value, start, count, value);
        if (with_slope && job.upstream.data) {
            const T* up = load(job.upstream, start, count, weights);
            for (int j = 0; j < count; ++j) slope[j] *= up[j];
        }
        if (with_slope) store(job.gradient, start, count, slope);
    }
    return {sum.total(), valid};
}

template <template <class> class Loss> Part either(const Elements& job, int64_t begin, int64_t end) {
    const bool wide = job.input.type == FLOAT64, slope = job.gradient.data;
    if (wide && slope) return pass<Loss<double>, double, true>(job, begin, end);
    if (wide) return pass<Loss<double>, double, false>(job, begin, end);
    if (slope) return pass<Loss<float>, float, true>(job, begin, end);
    return pass<Loss<float>, float, false>(job, begin, end);
}

inline Part elementwise(const Elements& job, int64_t begin, int64_t end) {
    // In the order of `_ELEMENTWISE` in kernels/__init__.py.
    static constexpr Part (*losses[])(const Elements&, int64_t, int64_t) = {
        either<L1>,
        either<SquaredError>,
        either<Bias>,
        either<Huber>,
        either<SmoothL1>,
        either<LogCosh>,
        either<Quantile>,
        either<Bernoulli>,
        either<WeightedBernoulli>,
        either<ProbabilityBernoulli>,
        either<Focal>,
        either<PolyFocal>,
        either<Hinge>,
        either<SquaredHinge>,
        either<Exponential>,
        either<Logistic>,
    };
    return losses[job.loss](job, begin, end);
}

template <class T> void multiply(T* numbers, T by, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) numbers[i] *= by;
}

inline void scale(Target gradient, double by, int64_t begin, int64_t end) {
    if (gradient.type == FLOAT64) multiply(static_cast<double*>(gradient.data), by, begin, end);
    else multiply(static_cast<float*>(gradient.data), float(by), begin, end);
}

}  // namespace ISA
