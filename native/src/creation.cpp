// Tensors made from nothing, from memory, and from other tensors' descriptions.
#include "mor.h"

namespace {
at::TensorOptions options(int32_t dtype, int32_t device_type, int32_t device_index) {
  return at::TensorOptions().dtype(type_of(dtype)).device(device_of(device_type, device_index));
}
}  // namespace

MOR_API mor_empty(const int64_t* sizes, int32_t rank, int32_t dtype, int32_t device, int32_t index, Handle* out) {
  return guarded([&] { *out = wrap(at::empty(longs(sizes, rank), options(dtype, device, index))); });
}

MOR_API mor_full(const int64_t* sizes, int32_t rank, MorScalar value, int32_t dtype, int32_t device, int32_t index,
                 Handle* out) {
  return guarded([&] { *out = wrap(at::full(longs(sizes, rank), value.value(), options(dtype, device, index))); });
}

MOR_API mor_zeros(const int64_t* sizes, int32_t rank, int32_t dtype, int32_t device, int32_t index, Handle* out) {
  return guarded([&] { *out = wrap(at::zeros(longs(sizes, rank), options(dtype, device, index))); });
}

MOR_API mor_arange(MorScalar start, MorScalar stop, MorScalar step, int32_t dtype, int32_t device, int32_t index,
                   Handle* out) {
  return guarded([&] {
    *out = wrap(at::arange(start.value(), stop.value(), step.value(), options(dtype, device, index)));
  });
}

// A view of memory that the caller keeps alive and unchanged for as long as any tensor sees it.
MOR_API mor_from_memory(void* data, const int64_t* sizes, int32_t rank, int32_t dtype, Handle* out) {
  return guarded([&] { *out = wrap(at::from_blob(data, longs(sizes, rank), type_of(dtype))); });
}

MOR_API mor_to(Handle pa, int32_t dtype, int32_t device, int32_t index, int32_t copy, int32_t non_blocking,
               Handle* out) {
  return guarded([&] { *out = wrap(pa->to(device_of(device, index), type_of(dtype), non_blocking != 0, copy != 0)); });
}

MOR_API mor_cat(const Handle* handles, int32_t count, int64_t dim, Handle* out) {
  return guarded([&] { *out = wrap(at::cat(tensors(handles, count), dim)); });
}

MOR_API mor_stack(const Handle* handles, int32_t count, int64_t dim, Handle* out) {
  return guarded([&] { *out = wrap(at::stack(tensors(handles, count), dim)); });
}
