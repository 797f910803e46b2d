#include "simd.h"

#include <c10/util/Exception.h>

#include <cstdlib>
#include <string>

namespace {
const char* const Names[] = {"generic", "avx2", "avx512"};

KernelSet best_here() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw")) {
    return KernelSet::avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return KernelSet::avx2;
#endif
  return KernelSet::generic;
}

KernelSet choose() {
  const KernelSet best = best_here();
  const char* wanted = std::getenv("MOR_KERNELS");
  if (wanted == nullptr || *wanted == 0) return best;
  for (int set = 0; set <= static_cast<int>(best); ++set) {
    if (std::string(wanted) == Names[set]) return static_cast<KernelSet>(set);
  }
  TORCH_CHECK(false, "MOR_KERNELS=", wanted, " is no kernel set of this processor: generic",
              best >= KernelSet::avx2 ? ", avx2" : "", best >= KernelSet::avx512 ? ", avx512" : "",
              ". Correct it or unset it.");
}
}  // namespace

KernelSet kernel_set() {
  static const KernelSet chosen = choose();
  return chosen;
}

const char* kernel_set_name() { return Names[static_cast<int>(kernel_set())]; }
