// Rows that travel to experts and back, and what their rounding makes of rows that stay.
#include "wire.h"

#include <cstring>

#include "checks.h"
#include "simd.h"

namespace {

// WireType of the managed side.
enum Type : int32_t { F32 = 0, Bf16 = 1, Int8 = 2 };

const WireKernels& kernels() {
  static const WireKernels& best = best_of(wire_avx512, wire_avx2, wire_generic);
  return best;
}

constexpr int64_t ScaleBytes = sizeof(float);

int64_t row_bytes(int32_t type, int64_t width) {
  TORCH_CHECK(type >= F32 && type <= Int8, "no such type of rows: ", type);
  return type == F32 ? width * 4 : type == Bf16 ? width * 2 : width + ScaleBytes;
}

// The memory of rows as they travel.
uint8_t* travelling(Handle tensor, int32_t type, int64_t rows, int64_t width) {
  const int64_t bytes = row_bytes(type, width);
  const auto expected = type == F32 ? at::kFloat : type == Bf16 ? at::kBFloat16 : at::kByte;
  TORCH_CHECK(
      tensor->scalar_type() == expected && tensor->is_contiguous() && tensor->device().is_cpu() && tensor->dim() == 2 &&
          tensor->size(0) == rows && tensor->size(1) * tensor->element_size() == bytes,
      "rows that travel are ", tensor->sizes(), " of ", tensor->scalar_type(), ", expected ", rows, " of ", bytes, " bytes");
  return static_cast<uint8_t*>(tensor->data_ptr());
}

// Calls work(i, row) for each of n rows of x, which are all of it, in order, if they are not said.
template <typename Work>
void for_rows(Handle x, const int64_t* rows, int64_t n, int64_t width, Work&& work) {
  const float* xs = matrix(x, Any, width, "x");
  if (rows == nullptr) {
    TORCH_CHECK(x->size(0) == n, "x has ", x->size(0), " rows, expected ", n);
  } else {
    check_rows(rows, n, x->size(0), "rows");
  }
  for (int64_t i = 0; i < n; ++i) work(i, xs + (rows == nullptr ? i : rows[i]) * width);
}

}  // namespace

// Rows of x [*, width] as they travel.
MOR_API mor_wire_encode(Handle to, Handle x, const int64_t* rows, int64_t n, int32_t type) {
  return guarded([&] {
    const int64_t width = x->size(1), bytes = row_bytes(type, width);
    uint8_t* const out = travelling(to, type, n, width);
    for_rows(x, rows, n, width, [&](int64_t i, const float* row) {
      uint8_t* const place = out + i * bytes;
      switch (type) {
        case Bf16: kernels().encode_bf16(reinterpret_cast<uint16_t*>(place), row, width); break;
        case Int8: kernels().encode_int8(place, row, width); break;
        default: std::memcpy(place, row, static_cast<size_t>(bytes));
      }
    });
  });
}

// Rows [n, width] from what travelled.
MOR_API mor_wire_decode(Handle to, Handle from, int32_t type) {
  return guarded([&] {
    const int64_t n = to->size(0), width = to->size(1), bytes = row_bytes(type, width);
    float* const out = matrix(to, n, width, "to");
    const uint8_t* const in = travelling(from, type, n, width);
    for (int64_t i = 0; i < n; ++i) {
      const uint8_t* const place = in + i * bytes;
      switch (type) {
        case Bf16: kernels().decode_bf16(out + i * width, reinterpret_cast<const uint16_t*>(place), width); break;
        case Int8: kernels().decode_int8(out + i * width, place, width); break;
        default: std::memcpy(out + i * width, place, static_cast<size_t>(bytes));
      }
    }
  });
}

// What arrives of rows of x, in to [n, width]; x itself may be to, if all rows are meant.
MOR_API mor_wire_round(Handle to, Handle x, const int64_t* rows, int64_t n, int32_t type) {
  return guarded([&] {
    const int64_t width = x->size(1);
    const int64_t bytes = row_bytes(type, width);
    float* const out = matrix(to, n, width, "to");
    for_rows(x, rows, n, width, [&](int64_t i, const float* row) {
      float* const place = out + i * width;
      switch (type) {
        case Bf16: kernels().round_bf16(place, row, width); break;
        case Int8: kernels().round_int8(place, row, width); break;
        default: if (place != row) std::memcpy(place, row, static_cast<size_t>(bytes));
      }
    });
  });
}
