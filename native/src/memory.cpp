// Memory of large CPU tensors. A step asks for the same few dozen sizes again and again while small objects come and go
// between them, which leaves malloc with holes of a fifth of the peak. Here large blocks have an address range of their own,
// where neighbours that are free become one and the best fit is taken.
#include "memory.h"

#include <c10/core/CPUAllocator.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>

#include "mor.h"

namespace {

constexpr size_t least_large = 32 << 10;  // bytes; what is smaller is malloc's
constexpr size_t alignment = 64;          // as libtorch's own allocator has it
constexpr size_t growth = 2 << 20;        // a huge page

size_t round_up(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

// Blocks of one reserved range. A header before each block says how long it is.
class Range {
 public:
  // Reserves twice the machine's memory; addresses alone cost nothing.
  Range() : size_(round_up(2 * static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGESIZE)), growth)) {
    void* reserved = mmap(nullptr, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (reserved == MAP_FAILED) {
      size_ = 0;
      return;
    }
    base_ = static_cast<char*>(reserved);
    madvise(base_, size_, MADV_HUGEPAGE);
  }

  bool holds(const void* block) const {
    const char* at = static_cast<const char*>(block);
    return at >= base_ && at < base_ + size_;
  }

  // Null if the range or the machine has no more.
  void* take(size_t bytes) {
    const size_t length = round_up(bytes, alignment) + alignment;
    const std::lock_guard<std::mutex> lock(mutex_);
    auto best = free_.end();
    for (auto it = free_.begin(); it != free_.end(); ++it) {
      if (it->second >= length && (best == free_.end() || it->second < best->second)) best = it;
    }
    if (best == free_.end() && (best = grow(length)) == free_.end()) return nullptr;
    const auto [offset, available] = *best;
    free_.erase(best);
    if (available > length) free_.emplace(offset + length, available - length);
    *reinterpret_cast<size_t*>(base_ + offset) = length;
    used_ += length;
    most_ = std::max(most_, used_);
    return base_ + offset + alignment;
  }

  void give_back(void* block) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const size_t offset = static_cast<size_t>(static_cast<char*>(block) - base_) - alignment;
    const size_t length = *reinterpret_cast<size_t*>(base_ + offset);
    used_ -= length;
    add_free(offset, length);
  }

  void counts(int64_t* used, int64_t* most, int64_t* held) {
    const std::lock_guard<std::mutex> lock(mutex_);
    *used = static_cast<int64_t>(used_);
    *most = static_cast<int64_t>(most_);
    *held = static_cast<int64_t>(end_);
  }

  void forget_most() {
    const std::lock_guard<std::mutex> lock(mutex_);
    most_ = used_;
  }

 private:
  using Blocks = std::map<size_t, size_t>;  // offset, length

  Blocks::iterator add_free(size_t offset, size_t length) {
    auto it = free_.emplace(offset, length).first;
    const auto next = std::next(it);
    if (next != free_.end() && offset + length == next->first) {
      it->second += next->second;
      free_.erase(next);
    }
    if (it != free_.begin()) {
      const auto before = std::prev(it);
      if (before->first + before->second == offset) {
        before->second += it->second;
        free_.erase(it);
        it = before;
      }
    }
    return it;
  }

  // Makes the range's used part long enough for a block at its end; what is free there already is part of it.
  Blocks::iterator grow(size_t length) {
    size_t missing = length;
    if (!free_.empty()) {
      const auto last = std::prev(free_.end());
      if (last->first + last->second == end_) missing -= last->second;
    }
    missing = round_up(missing, growth);
    if (missing > size_ - end_ || mprotect(base_ + end_, missing, PROT_READ | PROT_WRITE) != 0) return free_.end();
    end_ += missing;
    return add_free(end_ - missing, missing);
  }

  char* base_ = nullptr;
  size_t size_;
  size_t end_ = 0;
  size_t used_ = 0;
  size_t most_ = 0;
  Blocks free_;
  std::mutex mutex_;
};

// Never destroyed: tensors of static lifetime may outlive it.
Range& range() {
  static Range& only = *new Range();
  return only;
}

void release(void* block) {
  if (range().holds(block)) {
    range().give_back(block);
  } else {
    c10::GetDefaultCPUAllocator()->raw_deallocate(block);
  }
}

struct Allocator final : c10::Allocator {
  // libtorch before 2.3 overrides the first of the two, later ones the second.
  c10::DataPtr allocate(size_t bytes) const { return of(bytes); }
  c10::DataPtr allocate(size_t bytes) { return of(bytes); }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* to, const void* from, size_t bytes) const { std::memcpy(to, from, bytes); }

 private:
  static c10::DataPtr of(size_t bytes) {
    void* block = bytes < least_large ? nullptr : range().take(bytes);
    if (block == nullptr) block = c10::GetDefaultCPUAllocator()->raw_allocate(bytes);
    return {block, block, &release, c10::Device(c10::DeviceType::CPU)};
  }
};

// The storage of a tensor that is all of it.
c10::StorageImpl& whole(const at::Tensor& tensor) {
  c10::StorageImpl& storage = *tensor.storage().unsafeGetStorageImpl();
  const size_t bytes = static_cast<size_t>(tensor.numel()) * tensor.element_size();
  TORCH_CHECK(
      tensor.is_contiguous() && tensor.storage_offset() == 0 && (storage.nbytes() == bytes || storage.nbytes() == 0),
      "part of a tensor, or not contiguous: ", tensor.sizes());
  return storage;
}

}  // namespace

void install_allocator() {
  static Allocator& only = *new Allocator();
  c10::SetCPUAllocator(&only, 1);
}

// Bytes of large CPU tensors: in use, the most that were in use at once, and taken from the system.
MOR_API mor_memory(int64_t* used, int64_t* most, int64_t* held) {
  return guarded([&] { range().counts(used, most, held); });
}

// The most that was in use begins anew, with what is in use now.
MOR_API mor_memory_forget_most() {
  return guarded([] { range().forget_most(); });
}

// The memory of a tensor and of all its views is given back; they keep shape and history.
MOR_API mor_drop_values(Handle tensor) {
  return guarded([&] {
    c10::StorageImpl& storage = whole(*tensor);
    storage.set_data_ptr(c10::DataPtr(nullptr, tensor->device()));
    storage.set_nbytes(0);
  });
}

// The memory of values, which has none from then on, becomes that of a tensor that was dropped.
MOR_API mor_take_values(Handle tensor, Handle values) {
  return guarded([&] {
    c10::StorageImpl &to = whole(*tensor), &from = whole(*values);
    TORCH_CHECK(
        tensor->sizes() == values->sizes() && tensor->scalar_type() == values->scalar_type() &&
            tensor->device() == values->device(),
        tensor->sizes(), " of ", tensor->scalar_type(), " cannot take ", values->sizes(), " of ", values->scalar_type());
    const size_t bytes = from.nbytes();
    to.set_data_ptr(from.set_data_ptr(c10::DataPtr(nullptr, values->device())));
    to.set_nbytes(bytes);
    from.set_nbytes(0);
  });
}
