namespace TorchSharp;

/// <summary>Kinds of device; the values are libtorch's.</summary>
public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
}
