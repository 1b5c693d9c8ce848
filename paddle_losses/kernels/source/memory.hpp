// Reading and writing tensors of any dtype, a block at a time.
#pragma once

#include "library.hpp"
#include "math.hpp"

namespace ISA {

constexpr int block_size = 1024;

INLINE float of_half(uint16_t half) {
    uint32_t magnitude = half & 0x7fffu, sign = uint32_t(half & 0x8000u) << 16;
    float scaled = of_bits<float>(magnitude << 13) * 5.192296858534828e33f;  // 2^112, the exponents' distance
    uint32_t bits = magnitude >= 0x7c00u ? (magnitude << 13) | 0x7f800000u : bits_of(scaled);
    return of_bits<float>(bits | sign);
}

// To the nearest, ties to even.
INLINE uint16_t to_half(float x) {
    uint32_t bits = bits_of(x), sign = (bits >> 16) & 0x8000u, magnitude = bits & 0x7fffffffu;
    uint32_t normal = (magnitude - (112u << 23) + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
    // 0.5 is as much coarser than its neighbours as the smallest half numbers are.
    uint32_t small = bits_of(of_bits<float>(magnitude) + 0.5f) - 0x3f000000u;
    uint32_t half = magnitude < 0x38800000u ? small : normal;
    half = magnitude >= 0x477ff000u ? 0x7c00u : half;
    half = magnitude > 0x7f800000u ? 0x7e00u : half;
    return uint16_t(half | sign);
}

INLINE float of_bfloat(uint16_t bits) { return of_bits<float>(uint32_t(bits) << 16); }

INLINE uint16_t to_bfloat(float x) {
    uint32_t bits = bits_of(x);
    uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    return uint16_t((bits & 0x7fffffffu) > 0x7f800000u ? 0x7fc0u : rounded);
}

template <class S, class T> inline void convert(const void* data, int64_t start, int count, T* to) {
    const S* from = static_cast<const S*>(data) + start;
    for (int j = 0; j < count; ++j)
        to[j] = T(from[j]);
}

// `count` elements from `start` on, as T: where they lie, or converted into `buffer`.
template <class T> inline const T* load(Operand tensor, int64_t start, int count, T* buffer) {
    if (tensor.type == (sizeof(T) == 4 ? FLOAT32 : FLOAT64))
        return static_cast<const T*>(tensor.data) + start;
    const uint16_t* half = static_cast<const uint16_t*>(tensor.data) + start;
    switch (tensor.type) {
        case FLOAT32: convert<float>(tensor.data, start, count, buffer); break;
        case FLOAT64: convert<double>(tensor.data, start, count, buffer); break;
        case INT64: convert<int64_t>(tensor.data, start, count, buffer); break;
        case INT32: convert<int32_t>(tensor.data, start, count, buffer); break;
        case INT16: convert<int16_t>(tensor.data, start, count, buffer); break;
        case INT8: convert<int8_t>(tensor.data, start, count, buffer); break;
        case UINT8: convert<uint8_t>(tensor.data, start, count, buffer); break;
        case FLOAT16:
            for (int j = 0; j < count; ++j)
                buffer[j] = of_half(half[j]);
            break;
        case BFLOAT16:
            for (int j = 0; j < count; ++j)
                buffer[j] = of_bfloat(half[j]);
            break;
    }
    return buffer;
}

// Where T may be written directly; else `buffer`, which `store` then takes there.
template <class T> inline T* place(Target tensor, int64_t start, T* buffer) {
    const bool same = tensor.type == (sizeof(T) == 4 ? FLOAT32 : FLOAT64);
    return same ? static_cast<T*>(tensor.data) + start : buffer;
}

template <class T> inline void store(Target tensor, int64_t start, int count, const T* from) {
    uint16_t* half = static_cast<uint16_t*>(tensor.data) + start;
    if (tensor.type == FLOAT16)
        for (int j = 0; j < count; ++j)
            half[j] = to_half(float(from[j]));
    if (tensor.type == BFLOAT16)
        for (int j = 0; j < count; ++j)
            half[j] = to_bfloat(float(from[j]));
}

// Sixteen running sums in float64, so that the order is the same on every machine.
struct Sum {
    static constexpr int lanes = 16;
    double parts[lanes] = {};

    template <class T> inline void add(const T* values, int count) {
        int j = 0;
        for (; j + lanes <= count; j += lanes)
            for (int lane = 0; lane < lanes; ++lane)
                parts[lane] += double(values[j + lane]);
        for (; j < count; ++j)
            parts[j % lanes] += double(values[j]);
    }

    // Numbers of at least 0, first two by two in T: that costs less than an ulp, because nothing cancels.
    template <class T> inline void add_positive(const T* values, int count) {
        int j = 0;
        for (; j + 2 * lanes <= count; j += 2 * lanes)
            for (int lane = 0; lane < lanes; ++lane)
                parts[lane] += double(values[j + lane] + values[j + lanes + lane]);
        add(values + j, count - j);
    }

    template <class T> inline void add_products(const T* a, const T* b, int count) {
        int j = 0;
        for (; j + lanes <= count; j += lanes)
            for (int lane = 0; lane < lanes; ++lane)
                parts[lane] += double(a[j + lane]) * double(b[j + lane]);
        for (; j < count; ++j)
            parts[j % lanes] += double(a[j]) * double(b[j]);
    }

    inline double total() const {
        double sum = 0;
        for (double part : parts)
            sum += part;
        return sum;
    }
};

}  // namespace ISA
