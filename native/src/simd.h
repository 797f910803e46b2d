// Which of the kernels that were compiled per instruction set this process runs.
#pragma once

enum class KernelSet { generic, avx2, avx512 };

// The best that this processor has, or a lesser one that the environment variable MOR_KERNELS names.
KernelSet kernel_set();

const char* kernel_set_name();

template <typename Kernels>
const Kernels& best_of(const Kernels& avx512, const Kernels& avx2, const Kernels& generic) {
  switch (kernel_set()) {
    case KernelSet::avx512: return avx512;
    case KernelSet::avx2: return avx2;
    default: return generic;
  }
}
