namespace MoR.Model.Safetensors;

/// <summary>Names and sizes of <see cref="SafetensorsDtype"/>.</summary>
public static class SafetensorsDtypes
{
    private static readonly string[] names = Enum.GetNames<SafetensorsDtype>();

    /// <summary>Bits of one element; types below 8 bits are packed without gaps.</summary>
    public static int Bits(this SafetensorsDtype dtype) => dtype switch
    {
        SafetensorsDtype.F64 or SafetensorsDtype.I64 or SafetensorsDtype.U64 or SafetensorsDtype.C64 => 64,
        SafetensorsDtype.F32 or SafetensorsDtype.I32 or SafetensorsDtype.U32 => 32,
        SafetensorsDtype.F16 or SafetensorsDtype.BF16 or SafetensorsDtype.I16 or SafetensorsDtype.U16 => 16,
        SafetensorsDtype.F6_E2M3 or SafetensorsDtype.F6_E3M2 => 6,
        SafetensorsDtype.F4 => 4,
        _ => 8,
    };

    /// <summary>Whether values of this type can be read and written here.</summary>
    public static bool IsSupported(this SafetensorsDtype dtype) => dtype <= SafetensorsDtype.BOOL;

    /// <summary>
    /// The type of a name in a header, which is case-sensitive; false for a name that the format does not know.
    /// </summary>
    public static bool TryParse(string name, out SafetensorsDtype dtype)
    {
        var index = Array.IndexOf(names, name);
        dtype = (SafetensorsDtype)Math.Max(0, index);
        return index >= 0;
    }
}
