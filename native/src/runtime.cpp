// The process: versions, threads, the BLAS in use, CUDA devices.
#include "memory.h"
#include "mor.h"
#include "simd.h"

#include <ATen/Parallel.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <dlfcn.h>
#include <torch/version.h>

#include <cstdlib>

namespace {
template <typename Function>
Function symbol(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

int cuda_devices() {
  return at::hasCUDA() ? c10::impl::getDeviceGuardImpl(at::DeviceType::CUDA)->deviceCount() : 0;
}

// From 2.2 on, deterministic algorithms also fill every fresh tensor with NaN unless told not to; older versions do not
// have the setting.
template <typename Context>
auto leave_fresh_memory(Context& context, int) -> decltype(context.setDeterministicFillUninitializedMemory(false)) {
  context.setDeterministicFillUninitializedMemory(false);
}
template <typename Context>
void leave_fresh_memory(Context&, long) {}

std::string blas_library() {
  Dl_info info{};
  void* product = dlsym(RTLD_DEFAULT, "sgemm_");
  if (product == nullptr || dladdr(product, &info) == 0 || info.dli_fname == nullptr) return "";
  char* resolved = realpath(info.dli_fname, nullptr);
  const std::string path = resolved ? resolved : info.dli_fname;
  std::free(resolved);
  return path;
}

// The driver's own call, because a property structure would tie this file to one CUDA version's headers.
std::string cuda_name(int ordinal) {
  void* driver = dlopen("libcuda.so.1", RTLD_NOW);
  if (driver == nullptr) return "unknown";
  const auto get = reinterpret_cast<int (*)(int*, int)>(dlsym(driver, "cuDeviceGet"));
  const auto get_name = reinterpret_cast<int (*)(char*, int, int)>(dlsym(driver, "cuDeviceGetName"));
  char name[256] = "unknown";
  int device = 0;
  if (get && get_name && get(&device, ordinal) == 0) get_name(name, sizeof(name), device);
  return name;
}
}  // namespace

// Called once, right after loading: one thread per product, and nothing on CUDA that trades bits for speed.
MOR_API mor_initialise() {
  return guarded([&] {
    install_allocator();
    kernel_set();
    at::set_num_threads(1);
    if (const auto threads = symbol<int (*)()>("openblas_get_num_threads")) {
      TORCH_CHECK(threads() == 1, "OpenBLAS runs ", threads(), " threads, and results depend on their number. ",
                  "Something loaded OpenBLAS before this library could set OPENBLAS_NUM_THREADS=1.");
    }
    if (cuda_devices() > 0) {
      at::Context& context = at::globalContext();
      context.setAllowTF32CuBLAS(false);
      context.setAllowTF32CuDNN(false);
      context.setBenchmarkCuDNN(false);
      context.setDeterministicCuDNN(true);
      context.setDeterministicAlgorithms(true, false);
      leave_fresh_memory(context, 0);
    }
  });
}

MOR_API mor_set_num_threads(int32_t threads) {
  return guarded([&] { at::set_num_threads(threads); });
}

MOR_API mor_get_num_threads(int32_t* out) {
  return guarded([&] { *out = at::get_num_threads(); });
}

MOR_API mor_cuda_devices(int32_t* out) {
  return guarded([&] { *out = cuda_devices(); });
}

MOR_API mor_cuda_synchronize(int32_t index) {
  return guarded([&] {
    const auto* guard = c10::impl::getDeviceGuardImpl(at::DeviceType::CUDA);
    const at::Device device(at::DeviceType::CUDA, static_cast<at::DeviceIndex>(index));
    guard->getStream(device).synchronize();
  });
}

// Lines, in UTF-8: libtorch's version, the BLAS library's path, OpenBLAS's configuration and core (empty when it is
// another BLAS), our own kernel set, then one line per CUDA device. Lives until the thread's next call.
MOR_API mor_describe(const char** out) {
  return guarded([&] {
    static thread_local std::string text;
    const auto config = symbol<const char* (*)()>("openblas_get_config");
    const auto core = symbol<const char* (*)()>("openblas_get_corename");
    text = std::string(TORCH_VERSION) + '\n' + blas_library() + '\n' + (config ? config() : "") + '\n' +
           (core ? core() : "") + '\n' + kernel_set_name();
    for (int i = 0; i < cuda_devices(); ++i) text += '\n' + cuda_name(i);
    *out = text.c_str();
  });
}
