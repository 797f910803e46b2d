using System.Buffers.Binary;
using System.Text;

namespace MoR.Torch.Tests.Native;

/// <summary>The dynamic symbols that a 64-bit little-endian ELF file defines (System V gABI, chapter 4).</summary>
internal static class ElfSymbols
{
    private const uint DynamicSymbols = 11;
    private const int SectionHeaderBytes = 64;
    private const int SymbolBytes = 24;

    public static IEnumerable<string> Exported(string path)
    {
        var file = File.ReadAllBytes(path);
        var sections = (int)Read64(file, 0x28);
        var count = Read16(file, 0x3C);
        for (var i = 0; i < count; i++)
        {
            var header = sections + (i * SectionHeaderBytes);
            if (Read32(file, header + 4) != DynamicSymbols)
            {
                continue;
            }

            var names = (int)Read64(file, sections + ((int)Read32(file, header + 40) * SectionHeaderBytes) + 24);
            var start = (int)Read64(file, header + 24);
            var end = start + (int)Read64(file, header + 32);
            for (var symbol = start; symbol < end; symbol += SymbolBytes)
            {
                // Section 0 marks a symbol that the library needs rather than defines.
                if (Read16(file, symbol + 6) != 0)
                {
                    yield return Text(file, names + (int)Read32(file, symbol));
                }
            }
        }
    }

    private static string Text(byte[] file, int start) =>
        Encoding.ASCII.GetString(file, start, Array.IndexOf(file, (byte)0, start) - start);

    private static ushort Read16(byte[] file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at));

    private static uint Read32(byte[] file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));

    private static ulong Read64(byte[] file, int at) => BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
}
