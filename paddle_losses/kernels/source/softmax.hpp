// The losses of a softmax over classes: rows of logits, of which one class or a distribution is right.
//
// Nothing is computed as 1 - p: of every row, the class that matters (the right one; for distributions the
// top one) is kept apart from the sum of the others. See functional/_softmax.py.
#pragma once

#include <cstdlib>

#include "memory.hpp"

namespace ISA {

// Memory of one call.
template <class T> struct Scratch {
    T* data;
    explicit Scratch(int64_t n) : data(static_cast<T*>(std::malloc(n * sizeof(T)))) {}
    ~Scratch() { std::free(data); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
};

inline int64_t id_at(Operand ids, int64_t row) {
    switch (ids.type) {
        case INT64: return static_cast<const int64_t*>(ids.data)[row];
        case INT32: return static_cast<const int32_t*>(ids.data)[row];
        case INT16: return static_cast<const int16_t*>(ids.data)[row];
        case INT8: return static_cast<const int8_t*>(ids.data)[row];
        default: return static_cast<const uint8_t*>(ids.data)[row];
    }
}

inline double number_at(Operand numbers, int64_t k) {
    double buffer;
    return *load(numbers, k, 1, &buffer);
}

// log(1 + u) for u >= 0.
INLINE double log1p(double u) { return u < 1 ? log1p_near(u) : log(1 + u); }

// ------------------------------------------------------------------------------------ one right class

// What is known of a row: exp(x - top) of the right class and of all others together, and x - top of it.
struct Row {
    double own, others, lag;
    double total() const { return own + others; }
    double entropy() const { return lag < 0 ? log(total()) - lag : log1p(others); }
};

// The loss, its slope by the right logit, and `rest`: -rest exp(x - top) is the slope by any other logit.
struct Verdict {
    double value, slope, rest;
};

inline Verdict cross_entropy(const Row& row, const Softmax&) {  // H = -log p
    double share = 1 / row.total();
    return {row.entropy(), -row.others * share, share};
}

inline Verdict focal(const Row& row, const Softmax& job) {  // α (1 - p)^γ H
    const double alpha = job.settings[0], gamma = job.settings[1];
    double entropy = row.entropy(), hit = row.own / row.total(), miss = row.others / row.total();
    double factor = gamma == 0 ? alpha : alpha * decay(gamma * log(miss));
    double slope = factor * (gamma * hit * entropy + miss);
    return {factor * entropy, -slope, row.others == 0 ? 0 : slope / row.others};
}

inline Verdict poly(const Row& row, const Softmax& job) {  // H + Σ c_j (1 - p)^j, from j = 1 on
    double share = 1 / row.total(), hit = row.own * share, miss = row.others * share;
    double sum = 0, slope = 0;
    for (int j = job.count; j > 0; --j) {
        sum = (sum + job.settings[j - 1]) * miss;
        slope = slope * miss + j * job.settings[j - 1];
    }
    double steepness = 1 + hit * slope;
    return {row.entropy() + sum, -miss * steepness, share * steepness};
}

inline Verdict verdict(const Row& row, const Softmax& job) {
    switch (job.loss) {
        case 0: return cross_entropy(row, job);
        case 1: return focal(row, job);
        default: return poly(row, job);
    }
}

// --------------------------------------------------------------------------------------------- labels

// The right class; `kept` false: ignored. `known` false: there is no such class.
struct Id {
    int32_t id;
    bool kept, known;
};

inline Id class_of(const Softmax& job, int64_t row) {
    const int64_t id = id_at(job.ids, row);
    if (job.ignoring && id == job.ignored) return {0, false, true};
    if (id < 0 || id >= job.classes) return {0, true, false};
    return {int32_t(id), true, true};
}

// What multiplies the loss of a row: NaN for a class that does not exist.
inline double weight_of(const Softmax& job, int64_t row, Id label, bool& valid) {
    double weight = job.weight.data ? number_at(job.weight, row) : 1;
    if (job.factor.data && !job.soft) weight *= number_at(job.factor, label.id);
    if (label.known && weight >= 0) return weight;
    valid = false;
    return NAN;
}

// What a row counts in the mean.
inline Part count_of_rows(const Softmax& job, int64_t begin, int64_t end) {
    Part part = {0, true};
    for (int64_t row = begin; row < end; ++row) {
        Id label = job.ids.data ? class_of(job, row) : Id{0, true, true};
        if (!label.kept) continue;
        double count = job.weight.data ? number_at(job.weight, row) : 1;
        if (job.factor.data && job.ids.data && job.factor_counts) count *= number_at(job.factor, label.id);
        part.sum += count;
    }
    return part;
}

// --------------------------------------------------------------------------------------------- exp

template <class T> INLINE void prefetch(const T* address) {
#if defined(__GNUC__)
    __builtin_prefetch(address);
#endif
}

// exp(x - top) for x <= top, with the digits that the difference loses.
template <class T> INLINE T exp_below(T x, T top) {
    Pair<T> difference = exact_sum(x, -top);
    return decay(difference.high, difference.high < Float<T>::exp_least ? T(0) : difference.low);
}

template <class T> INLINE T larger(T a, T b) { return a > b ? a : b; }

template <class T> inline T largest(const T* __restrict x, int64_t n) {
    constexpr int lanes = 32;
    T best[lanes];
    if (n < lanes) {
        best[0] = x[0];
        for (int64_t k = 1; k < n; ++k)
            best[0] = larger(best[0], x[k]);
        return best[0];
    }
    for (int lane = 0; lane < lanes; ++lane)
        best[lane] = larger(x[lane], x[n - lanes + lane]);  // the last ones too, or they would go one by one
    for (int64_t k = lanes; k + lanes <= n; k += lanes)
        for (int lane = 0; lane < lanes; ++lane)
            best[lane] = larger(best[lane], x[k + lane]);
#pragma GCC unroll 8
    for (int width = lanes / 2; width > 0; width /= 2)
        for (int lane = 0; lane < width; ++lane)
            best[lane] = larger(best[lane], best[lane + width]);
    return best[0];
}

// ---------------------------------------------------------------------------------------------- tiles

constexpr int most_rows = 64;
constexpr int64_t long_row = 48;  // from here on a loop along the classes is worth while

// Some rows, class by class: number k of row t is at k · rows + t. A single row is worked on along its
// classes, several are worked on side by side.
template <class T> struct Tile {
    int rows;
    int64_t classes;
    const T* x;
    T* e;        // exp(x - top), then the gradient
    const T* q;  // shares
    T top[most_rows];
    int32_t apart[most_rows];  // the class that is kept apart from the others
    double others[most_rows];  // Σ exp(x - top) without it
    double unit = 1;           // what `e` is to be multiplied by

    void find_top() {
        if (rows == 1) {
            top[0] = largest(x, classes);
            return;
        }
        for (int t = 0; t < rows; ++t)
            top[t] = x[t];
        for (int64_t k = 1; k < classes; ++k)
            for (int t = 0; t < rows; ++t)
                top[t] = x[k * rows + t] > top[t] ? x[k * rows + t] : top[t];
    }

    void keep_top_apart() {
        for (int t = 0; t < rows; ++t) {
            int64_t k = 0;
            while (k + 1 < classes && x[k * rows + t] != top[t])
                ++k;  // NaN: some class
            apart[t] = int32_t(k);
        }
    }

    // `e` from `x`, and the sum of the others.
    void exponentiate() {
        if (rows == 1) {
            if constexpr (has_fma && sizeof(T) == 4)
                if (absolute(top[0]) <= ExpNear::most) {
                    const ExpNear near(top[0]);
                    unit = near.unit;
                    others[0] = unit * exponentiate_row(near);
                    return;
                }
            const T highest = top[0];
            others[0] = exponentiate_row([highest](T x) { return exp_below(x, highest); });
            return;
        }
        for (int t = 0; t < rows; ++t)
            others[t] = 0;
        for (int64_t k = 0; k < classes; ++k) {
            T* __restrict line = e + k * rows;
            const T* from = x + k * rows;
            T counted[most_rows];
            for (int t = 0; t < rows; ++t) {
                line[t] = exp_below(from[t], top[t]);
                counted[t] = apart[t] == k ? T(0) : line[t];
            }
            for (int t = 0; t < rows; ++t)
                others[t] += double(counted[t]);
        }
    }

    template <class Exp> double exponentiate_row(const Exp& exp) {
        constexpr int64_t stretch = 256, line = 64 / sizeof(T);
        const int64_t own = apart[0];
        Sum sum;
        for (int64_t start = 0; start < classes; start += stretch) {
            const int count = int(classes - start < stretch ? classes - start : stretch);
            const T* __restrict from = x + start;
            T* __restrict to = e + start;
            // The next row, most likely: otherwise memory idles here, and arithmetic where the top is looked
            // for.
            for (int64_t k = 0; k < count; k += line)
                prefetch(from + classes + k);
            for (int k = 0; k < count; ++k)
                to[k] = exp(from[k]);
            if (own < start || own >= start + count) {
                sum.add_positive(to, count);
                continue;
            }
            const T kept = e[own];
            e[own] = 0;
            sum.add_positive(to, count);
            e[own] = kept;
        }
        return sum.total();
    }

    // Σ q and Σ q (top - x) of every row.
    void weigh(double* total, double* distance) const {
        const T far = T(1e30);  // a class that is ruled out: 0 · inf where it does not matter
        if (rows == 1) {
            Sum shares, products;
            T gaps[block_size];
            for (int64_t k = 0; k < classes; k += block_size) {
                const int count = int(classes - k < block_size ? classes - k : block_size);
                for (int j = 0; j < count; ++j)
                    gaps[j] = at_most(far, top[0] - x[k + j]);
                shares.add(q + k, count);
                products.add_products(q + k, gaps, count);
            }
            *total = shares.total(), *distance = products.total();
            return;
        }
        for (int t = 0; t < rows; ++t)
            total[t] = distance[t] = 0;
        for (int64_t k = 0; k < classes; ++k)
            for (int t = 0; t < rows; ++t) {
                const double share = double(q[k * rows + t]);
                total[t] += share;
                distance[t] += share * double(at_most(far, top[t] - x[k * rows + t]));
            }
    }

    // e becomes rest · e - by · q; q as 0 where there is none.
    void differentiate(const T* rest, const T* by) {
        if (rows == 1 && !q)
            for (int64_t k = 0; k < classes; ++k)
                e[k] *= rest[0];
        else if (rows == 1)
            for (int64_t k = 0; k < classes; ++k)
                e[k] = rest[0] * e[k] - by[0] * q[k];
        else
            for (int64_t k = 0; k < classes; ++k)
                for (int t = 0; t < rows; ++t)
                    e[k * rows + t] = rest[t] * e[k * rows + t] - (q ? by[t] * q[k * rows + t] : 0);
    }
};

// ------------------------------------------------------------------------------------- to and from tiles

template <class T> struct Place {  // where the rows of a tile are in a tensor
    int64_t first, classes, inner;
    int rows;

    // Several rows that lie one after the other: their tile is the transposed tensor.
    bool turned() const { return inner == 1 && rows > 1; }
    int64_t start(int64_t k) const {
        return inner == 1 ? first * classes : (first / inner * classes + k) * inner + first % inner;
    }

    const T* read(Operand tensor, T* tile, T* line) const {
        if (inner == 1 && rows == 1) return read_run(tensor, first * classes, classes, tile);
        if (turned()) {
            const T* from = read_run(tensor, first * classes, rows * classes, line);
            for (int64_t k = 0; k < classes; ++k)
                for (int t = 0; t < rows; ++t)
                    tile[k * rows + t] = from[t * classes + k];
            return tile;
        }
        for (int64_t k = 0; k < classes; ++k) {
            T* to = tile + k * rows;
            const T* from = load(tensor, start(k), rows, to);
            if (from != to)
                for (int t = 0; t < rows; ++t)
                    to[t] = from[t];
        }
        return tile;
    }

    void write(Target tensor, const T* tile, T* line) const {
        const bool direct = tensor.type == (sizeof(T) == 4 ? FLOAT32 : FLOAT64);
        if (inner == 1 && rows == 1) {
            store_run(tensor, first * classes, classes, tile);
        } else if (turned()) {
            T* to = direct ? static_cast<T*>(tensor.data) + first * classes : line;
            for (int t = 0; t < rows; ++t)
                for (int64_t k = 0; k < classes; ++k)
                    to[t * classes + k] = tile[k * rows + t];
            store_run(tensor, first * classes, rows * classes, line);
        } else {
            for (int64_t k = 0; k < classes; ++k) {
                const T* from = tile + k * rows;
                T* to = place(tensor, start(k), line);
                for (int t = 0; t < rows; ++t)
                    to[t] = from[t];
                store(tensor, start(k), rows, from);
            }
        }
    }

    static const T* read_run(Operand tensor, int64_t start, int64_t n, T* buffer) {
        if (tensor.type == (sizeof(T) == 4 ? FLOAT32 : FLOAT64))
            return static_cast<const T*>(tensor.data) + start;
        for (int64_t k = 0; k < n; k += block_size)
            load(tensor, start + k, int(n - k < block_size ? n - k : block_size), buffer + k);
        return buffer;
    }

    static void store_run(Target tensor, int64_t start, int64_t n, const T* from) {
        for (int64_t k = 0; k < n; k += block_size)
            store(tensor, start + k, int(n - k < block_size ? n - k : block_size), from + k);
    }
};

// ------------------------------------------------------------------------------------------ the pass

// q of a tile: from the label and its smoothing, times the factors of the classes.
template <class T> inline bool fill_shares(const Softmax& job, const Place<T>& place, const Id* labels, T* q,
                                           T* line) {
    const int rows = place.rows;
    BitsOf<T> wrong = 0;
    if (job.shares.data) {
        const T* given = place.read(job.shares, q, line);
        const T most = job.any_share ? T(INFINITY) : T(1 + 1e-6), least = job.any_share ? T(0) : T(-1e-6);
        for (int64_t j = 0; j < job.classes * rows; ++j) {
            const bool fine = given[j] >= least && given[j] <= most;
            wrong |= fine ? 0 : 1;
            q[j] = fine ? T(job.keep) * given[j] + T(job.spread) : T(NAN);
        }
    } else {
        for (int64_t j = 0; j < job.classes * rows; ++j)
            q[j] = T(job.spread);
        for (int t = 0; t < rows; ++t)
            q[labels[t].id * int64_t(rows) + t] = T(job.keep + job.spread);
    }
    if (job.factor.data)
        for (int64_t k = 0; k < job.classes; ++k) {
            const T factor = T(number_at(job.factor, k));
            for (int t = 0; t < rows; ++t)
                q[k * rows + t] *= factor;
        }
    return !wrong;
}

template <class T> struct Memory {
    Scratch<T> x, e, q, line;
    Memory(int64_t n, bool soft) : x(n), e(n), q(soft ? n : 0), line(n > most_rows ? n : most_rows) {}
};

template <class T> inline double one_tile(const Softmax& job, const Place<T>& place, Memory<T>& memory,
                                          bool& valid) {
    const int rows = place.rows;
    const bool alone = place.inner == 1 && rows == 1,
               same = job.gradient.type == (sizeof(T) == 4 ? FLOAT32 : FLOAT64);
    Tile<T> tile;
    tile.rows = rows, tile.classes = job.classes, tile.q = nullptr;
    tile.x = place.read(job.input, memory.x.data, memory.line.data);
    tile.e = alone && same && job.gradient.data ? static_cast<T*>(job.gradient.data) + place.start(0)
                                                : memory.e.data;

    Id labels[most_rows];
    double weights[most_rows], shares[most_rows], distances[most_rows];
    for (int t = 0; t < rows; ++t) {
        labels[t] = job.ids.data ? class_of(job, place.first + t) : Id{0, true, true};
        weights[t] = labels[t].kept ? weight_of(job, place.first + t, labels[t], valid) : 0;
        tile.apart[t] = labels[t].id;
    }
    tile.find_top();
    double lags[most_rows];
    for (int t = 0; t < rows; ++t)
        lags[t] = double(tile.x[tile.apart[t] * int64_t(rows) + t]) - double(tile.top[t]);
    if (job.soft) {
        valid &= fill_shares(job, place, labels, memory.q.data, memory.line.data);
        tile.q = memory.q.data;
        tile.keep_top_apart();
        tile.weigh(shares, distances);
    }
    tile.exponentiate();

    double sum = 0;
    T rest[most_rows], by[most_rows], own[most_rows];
    for (int t = 0; t < rows; ++t) {
        Verdict at;
        double up = weights[t] * job.scale;
        if (job.upstream.data) up *= number_at(job.upstream, place.first + t);
        if (job.soft) {
            const double others = tile.others[t], share = 1 / (1 + others),
                         q = double(tile.q[tile.apart[t] * int64_t(rows) + t]);
            at.value = shares[t] * log1p(others) + distances[t];
            at.rest = shares[t] * share;
            // Where the top class is sure, its share is 1 less what the others have.
            at.slope = others < 1 ? (shares[t] - q) - shares[t] * others * share : shares[t] * share - q;
        } else {
            at = verdict({decay(lags[t]), tile.others[t], lags[t]}, job);
        }
        const double value = labels[t].kept ? weights[t] * at.value : 0;
        if (job.value.data && job.value.type == FLOAT64)
            static_cast<double*>(job.value.data)[place.first + t] = value;
        else if (job.value.data) static_cast<float*>(job.value.data)[place.first + t] = float(value);
        sum += value;
        rest[t] = T(up * at.rest * tile.unit), by[t] = T(up), own[t] = T(up * at.slope);
    }
    if (!job.gradient.data) return sum;
    tile.differentiate(rest, by);
    for (int t = 0; t < rows; ++t) {
        tile.e[tile.apart[t] * int64_t(rows) + t] = own[t];
        if (!labels[t].kept)
            for (int64_t k = 0; k < job.classes; ++k)
                tile.e[k * rows + t] = 0;  // also of a NaN
    }
    if (tile.e == memory.e.data) place.write(job.gradient, tile.e, memory.line.data);
    return sum;
}

template <class T> inline Part rows_of(const Softmax& job, int64_t begin, int64_t end) {
    const bool alone = job.inner == 1 && job.classes >= long_row;
    Memory<T> memory(alone ? job.classes : job.classes * most_rows, job.soft);
    Part part = {0, true};
    if (job.factor.data)
        for (int64_t k = 0; k < job.classes; ++k)
            part.valid &= number_at(job.factor, k) >= 0;
    for (int64_t row = begin; row < end;) {
        int64_t rows = alone ? 1 : job.inner == 1 ? most_rows : job.inner - row % job.inner;
        rows = rows < most_rows ? rows : most_rows;
        rows = rows < end - row ? rows : end - row;
        part.sum += one_tile<T>(job, {row, job.classes, job.inner, int(rows)}, memory, part.valid);
        row += rows;
    }
    return part;
}

inline Part softmax(const Softmax& job, int64_t begin, int64_t end) {
    return job.input.type == FLOAT64 ? rows_of<double>(job, begin, end) : rows_of<float>(job, begin, end);
}

}  // namespace ISA
