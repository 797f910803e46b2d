using System.Buffers.Binary;
using System.Text;

namespace MoR.Model.Tests.Safetensors;

/// <summary>Safetensors files built by hand, right and wrong.</summary>
internal static class SafetensorsImage
{
    /// <summary>A good file of several types, a scalar, an empty tensor and metadata: 41 bytes of values.</summary>
    public const string GoodHeader =
        """
        {"__metadata__":{"format":"pt","source":"naïve \"quotes\""},
        "a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},
        "b":{"dtype":"BF16","shape":[3],"data_offsets":[16,22]},
        "empty":{"dtype":"F32","shape":[0,7],"data_offsets":[22,22]},
        "c":{"dtype":"BOOL","shape":[],"data_offsets":[22,23]},
        "d":{"dtype":"I64","shape":[1,1,2],"data_offsets":[23,39]},
        "q":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[39,41]}}
        """;

    public static byte[] Good => Of(GoodHeader, 41);

    public static byte[] Of(string header, int dataBytes) => Of(Encoding.UTF8.GetBytes(header), dataBytes);

    public static byte[] Of(ReadOnlySpan<byte> header, int dataBytes)
    {
        var file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file.AsSpan(8));
        for (var i = 0; i < dataBytes; i++)
        {
            file[8 + header.Length + i] = (byte)i;
        }

        return file;
    }
}
