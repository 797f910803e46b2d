// See memory.cpp.
#pragma once

// Makes libtorch take memory of large CPU tensors from one range of addresses; before the first tensor.
void install_allocator();
