using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MoR.Model.Parameters;

/// <summary>Turns a name into a word that names a random stream.</summary>
public static class NameHash
{
    /// <summary>The first eight bytes of the name's SHA-256, little-endian.</summary>
    public static ulong Of(string name) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
