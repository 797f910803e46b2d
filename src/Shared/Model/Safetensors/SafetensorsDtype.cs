namespace MoR.Model.Safetensors;

/// <summary>
/// Element types of the safetensors format (huggingface/safetensors, <c>tensor.rs</c>), named as in its files. Those
/// after <see cref="BOOL"/> are known, so that a file that holds one can be opened, but their values cannot be read
/// here.
/// </summary>
public enum SafetensorsDtype
{
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U8,
    BOOL,
    U64,
    U32,
    U16,
    C64,
    F8_E4M3,
    F8_E5M2,
    F8_E8M0,
    F6_E2M3,
    F6_E3M2,
    F4,
}
