// One pass over the elements: read, compute, write, add up.
#pragma once

#include "elementwise.hpp"
#include "memory.hpp"

namespace ISA {

// `numbers`, or a copy in `buffer` with NaN for those that are not valid.
template <class T, class Valid>
inline const T* checked(const T* numbers, int count, T* buffer, bool& all_valid, Valid valid) {
    BitsOf<T> wrong = 0;  // as wide as T, so that the loop is vectorised
    for (int j = 0; j < count; ++j)
        wrong |= valid(numbers[j]) ? 0 : 1;
    if (!wrong) return numbers;
    all_valid = false;
    for (int j = 0; j < count; ++j)
        buffer[j] = valid(numbers[j]) ? numbers[j] : T(NAN);
    return buffer;
}

template <class T> inline const T* load_weights(Operand weight, int64_t start, int count, T* buffer,
                                                bool& valid) {
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

template <class T> inline void multiply_by(T* __restrict numbers, const T* __restrict factors, int count) {
    for (int j = 0; j < count; ++j)
        numbers[j] *= factors[j];
}

// Labels of a block: as many as elements, or one for `repeat` of them.
template <class T> inline const T* load_labels(const Elements& job, int64_t start, int count, T* buffer) {
    if (job.repeat == 1) return load(job.label, start, count, buffer);
    T few[block_size];
    const int64_t first = start / job.repeat, last = (start + count - 1) / job.repeat;
    const T* given = load(job.label, first, int(last - first + 1), few);
    for (int j = 0; j < count; ++j)
        buffer[j] = given[(start + j) / job.repeat - first];
    return buffer;
}

template <class T> inline const T* checked_labels(Labels kind, const T* labels, int count, T* buffer,
                                                  bool& valid) {
    switch (kind) {
        case Labels::share: return checked(labels, count, buffer, valid, [](T y) { return is_share(y); });
        case Labels::sign: return checked(labels, count, buffer, valid, [](T y) { return absolute(y) == 1; });
        default: return labels;
    }
}

// Both settings of a block of elements, with NaN for those that are negative.
template <class T> inline void load_table(const Elements& job, int64_t start, T* first, T* second,
                                          bool& valid) {
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

// The loop that is vectorised, one for every loss.
template <class Loss, class T, bool with_slope>
void compute(const double* settings, int count, const T* __restrict x, const T* __restrict y,
             const T* __restrict first, const T* __restrict second, T scale, T* __restrict value,
             T* __restrict slope) {
    const Loss loss(settings);
    for (int j = 0; j < count; ++j) {
        Result<T> at;
        if constexpr (Loss::tables) at = loss(x[j], y[j], first[j], second[j]);
        else if constexpr (Loss::of_lead) at = loss(x[j], first[j], y[j]);
        else at = loss(x[j], y[j]);
        value[j] = at.value;
        if constexpr (with_slope) slope[j] = at.slope * scale;
    }
}

template <class T> struct Loop {
    decltype(&compute<L1<T>, T, true>) without_slope, with_slope;
    Labels labels;
    bool of_probability, of_lead, tables;
};

template <class Loss, class T> constexpr Loop<T> loop = {
    compute<Loss, T, false>, compute<Loss, T, true>, Loss::labels,
    Loss::of_probability,    Loss::of_lead,          Loss::tables,
};

// In the order of `LOSSES` in kernels/_elementwise.py.
template <class T> constexpr const Loop<T>* losses[] = {
    &loop<L1<T>, T>,
    &loop<SquaredError<T>, T>,
    &loop<Bias<T>, T>,
    &loop<Huber<T>, T>,
    &loop<SmoothL1<T>, T>,
    &loop<LogCosh<T>, T>,
    &loop<Quantile<T>, T>,
    &loop<Bernoulli<T>, T>,
    &loop<WeightedBernoulli<T>, T>,
    &loop<ProbabilityBernoulli<T>, T>,
    &loop<Focal<T>, T>,
    &loop<SquareFocal<T>, T>,
    &loop<PolyFocal<T>, T>,
    &loop<Hinge<T>, T>,
    &loop<SquaredHinge<T>, T>,
    &loop<Exponential<T>, T>,
    &loop<Logistic<T>, T>,
    &loop<Ranking<T>, T>,
};

template <class T> Part pass(const Elements& job, int64_t begin, int64_t end) {
    const Loop<T>& loop = *losses<T>[job.loss];
    const bool with_slope = job.gradient.data, each = job.value.data;
    T inputs[block_size], labels[block_size], weights[block_size], first[block_size], second[block_size];
    T values[block_size], slopes[block_size];
    Sum sum;
    bool valid = true;
    for (int64_t start = begin; start < end; start += block_size) {
        const int count = int(end - start < block_size ? end - start : block_size);
        const T* x = load(job.input, start, count, inputs);
        if (loop.of_probability)
            x = checked(x, count, inputs, valid, [](T p) { return is_share(p) || p != p; });
        const T* y =
            checked_labels(loop.labels, load_labels(job, start, count, labels), count, labels, valid);
        if (loop.tables && (start == begin || job.columns > 1)) load_table(job, start, first, second, valid);
        const T* other = loop.of_lead ? load(job.other, start, count, first) : first;
        T* value = each ? place(job.value, start, values) : values;
        T* slope = with_slope ? place(job.gradient, start, slopes) : slopes;
        (with_slope ? loop.with_slope : loop.without_slope)(job.settings, count, x, y, other, second,
                                                            T(job.scale), value, slope);
        if (job.weight.data) {
            const T* w = load_weights(job.weight, start, count, weights, valid);
            if (!each) sum.add_products(value, w, count);
            else multiply_by(value, w, count);
            if (with_slope) multiply_by(slope, w, count);
        } else if (!each) {
            sum.add(value, count);
        }
        if (with_slope && job.upstream.data)
            multiply_by(slope, load(job.upstream, start, count, weights), count);
        if (each) store(job.value, start, count, value);
        if (with_slope) store(job.gradient, start, count, slope);
    }
    return {sum.total(), valid};
}

inline Part elementwise(const Elements& job, int64_t begin, int64_t end) {
    return job.input.type == FLOAT64 ? pass<double>(job, begin, end) : pass<float>(job, begin, end);
}

template <class T> void multiply(T* numbers, T by, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
        numbers[i] *= by;
}

inline void scale(Target gradient, double by, int64_t begin, int64_t end) {
    if (gradient.type == FLOAT64) multiply(static_cast<double*>(gradient.data), by, begin, end);
    else multiply(static_cast<float*>(gradient.data), float(by), begin, end);
}

}  // namespace ISA
