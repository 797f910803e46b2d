// The C ABI of libmor_native.so. Every function returns null for success, else a message that lives until the thread's
// next failure; results go through out parameters. Handles own one reference each and are freed by mor_release.
#pragma once

#include <ATen/ATen.h>
#include <torch/version.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#define MOR_API extern "C" __attribute__((visibility("default"))) const char*

using Handle = at::Tensor*;

// libtorch's own optional became the standard one, whose old name goes.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 6)
template <typename T>
using Optional = std::optional<T>;
#else
template <typename T>
using Optional = c10::optional<T>;
#endif

// A number with its kind, as TorchSharp's Scalar: 0 integer, 1 floating point, 2 boolean.
struct MorScalar {
  int64_t integer;
  double floating;
  int32_t kind;

  at::Scalar value() const {
    return kind == 0 ? at::Scalar(integer) : kind == 1 ? at::Scalar(floating) : at::Scalar(integer != 0);
  }
};

// Keeps the message of the exception in flight for this thread, and returns it.
const char* mor_failure();

template <typename Work>
const char* guarded(Work&& work) {
  try {
    work();
    return nullptr;
  } catch (...) {
    return mor_failure();
  }
}

inline Handle wrap(at::Tensor tensor) { return new at::Tensor(std::move(tensor)); }

inline at::IntArrayRef longs(const int64_t* values, int32_t count) {
  return at::IntArrayRef(values, static_cast<size_t>(count));
}

inline at::ScalarType type_of(int32_t dtype) { return static_cast<at::ScalarType>(dtype); }

inline at::Device device_of(int32_t type, int32_t index) {
  return at::Device(static_cast<at::DeviceType>(type), static_cast<at::DeviceIndex>(index));
}

// An optional dtype travels as -1.
inline Optional<at::ScalarType> maybe_type(int32_t dtype) {
  return dtype < 0 ? Optional<at::ScalarType>() : Optional<at::ScalarType>(type_of(dtype));
}

std::vector<at::Tensor> tensors(const Handle* handles, int32_t count);

// Hands out one handle per tensor, null for an undefined one.
void hand_out(const std::vector<at::Tensor>& from, Handle* out, int32_t capacity);

// One line per operation: the expression sees tensors a, b, c by reference.
#define MOR_1(name, expression)                                                            \
  MOR_API mor_##name(Handle pa, Handle* out) {                                             \
    return guarded([&] { const at::Tensor& a = *pa; *out = wrap(expression); });           \
  }
#define MOR_2(name, expression)                                                            \
  MOR_API mor_##name(Handle pa, Handle pb, Handle* out) {                                  \
    return guarded([&] { const at::Tensor &a = *pa, &b = *pb; *out = wrap(expression); }); \
  }
#define MOR_1S(name, expression)                                                           \
  MOR_API mor_##name(Handle pa, MorScalar ps, Handle* out) {                               \
    return guarded([&] { const at::Tensor& a = *pa; const at::Scalar s = ps.value(); *out = wrap(expression); }); \
  }
// In place: nothing is handed out, the caller has the tensor.
#define MOR_INTO_1(name, statement)                                                        \
  MOR_API mor_##name(Handle pa) { return guarded([&] { at::Tensor& a = *pa; statement; }); }
#define MOR_INTO_1S(name, statement)                                                       \
  MOR_API mor_##name(Handle pa, MorScalar ps) {                                            \
    return guarded([&] { at::Tensor& a = *pa; const at::Scalar s = ps.value(); statement; }); \
  }
#define MOR_INTO_2(name, statement)                                                        \
  MOR_API mor_##name(Handle pa, Handle pb) {                                               \
    return guarded([&] { at::Tensor& a = *pa; const at::Tensor& b = *pb; statement; });    \
  }
