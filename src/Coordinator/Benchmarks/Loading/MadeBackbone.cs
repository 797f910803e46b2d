using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Cluster.Random;
using MoR.Coordinator.Doctor;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using MoR.Model.Pretraining;
using MoR.Model.Safetensors;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks.Loading;

/// <summary>
/// A large backbone's folder in the temporary folder, gone with this object. Every value follows from the tensor's name and its
/// place, so what was loaded can be compared with what was written without keeping that.
/// </summary>
internal sealed class MadeBackbone : IDisposable
{
    private const ulong Seed = 1;
    private const int BlockValues = 1 << 18;
    private const long SpareBytes = 64L << 20;

    private readonly IDisk _disk;
    private readonly SafetensorsDtype _dtype;

    private MadeBackbone(IDisk disk, SafetensorsDtype dtype) =>
        (_disk, _dtype, Folder) = (disk, dtype, Directory.CreateTempSubdirectory("mor-bench-").FullName);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Its weights.</summary>
    public string File => Path.Combine(Folder, SafetensorsFolder.SingleFileName);

    /// <summary>Sum of all values, each as it is stored.</summary>
    public double Sum { get; private set; }

    /// <summary>Writes a backbone.</summary>
    /// <param name="disk">Where the temporary folder is.</param>
    /// <param name="config">The architecture.</param>
    /// <param name="dtype">F32 or BF16.</param>
    /// <param name="stop">Honoured between blocks; nothing stays behind.</param>
    /// <exception cref="InputException">The temporary folder has no room for it.</exception>
    public static MadeBackbone Write(IDisk disk, LlamaConfig config, SafetensorsDtype dtype, CancellationToken stop)
    {
        var parameters = new BackboneLayout(config, deviation: 1).Parameters;
        var bytes = parameters.Sum(parameter => (long)parameter.Count) * dtype.Bits() / 8;
        var place = Path.GetTempPath();
        if (disk.FreeBytes(place) is var free && free < bytes + SpareBytes)
        {
            throw new InputException(
                place,
                $"{Sizes.Text(free)} are free, and the files to be loaded take {Sizes.Text(bytes)}, {Sizes.Text(SpareBytes)} to spare",
                "Make room there, or set TMPDIR to a folder of a larger disk.");
        }

        var made = new MadeBackbone(disk, dtype);
        try
        {
            using (var stream = disk.Create(Path.Combine(made.Folder, "config.json")))
            {
                var name = dtype == SafetensorsDtype.BF16 ? "bfloat16" : "float32";
                LlamaConfigWriter.Write(config, name, beginningOfText: null, stream);
            }

            // On the disk for good, or the kernel would go on writing while others read.
            using var file = disk.Create(made.File);
            SafetensorsWriter.Write(file, parameters.Select(parameter => made.Source(parameter, stop)));
            file.FlushToDisk();
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Compares every value with what was written.</summary>
    /// <exception cref="RunException">One is another.</exception>
    public void Check(LlamaWeights weights, CancellationToken stop)
    {
        var expected = new float[BlockValues];
        foreach (var (name, tensor) in weights.Named())
        {
            using var scope = NewDisposeScope();
            var flat = tensor.flatten();
            for (var (block, first) = (0UL, 0L); first < flat.numel(); block++, first += BlockValues)
            {
                stop.ThrowIfCancellationRequested();
                var part = flat.narrow(0, first, Math.Min(BlockValues, flat.numel() - first)).to(float32);
                var wanted = expected.AsSpan(0, (int)part.numel());
                Fill(wanted, name, block);
                if (!MemoryMarshal.Cast<byte, float>(part.bytes).SequenceEqual(wanted))
                {
                    throw new RunException(
                        File, $"'{name}' was loaded with other values than it was written with, after value {first}",
                        "This is a mistake of the loader, or of the memory: run ./mor test.");
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _disk.DeleteFolder(Folder);

    private TensorSource Source(Parameter parameter, CancellationToken stop) =>
        new(parameter.Name, _dtype, parameter.Shape, stream =>
        {
            var values = new float[BlockValues];
            for (var (block, first) = (0UL, 0L); first < parameter.Count; block++, first += BlockValues)
            {
                stop.ThrowIfCancellationRequested();
                var part = values.AsSpan(0, (int)Math.Min(BlockValues, parameter.Count - first));
                Fill(part, parameter.Name, block);
                foreach (var value in part)
                {
                    Sum += value;
                }

                stream.Write(_dtype == SafetensorsDtype.BF16 ? UpperHalves(part) : MemoryMarshal.AsBytes(part));
            }
        });

    /// <summary>Values that the stored type holds exactly.</summary>
    private void Fill(Span<float> values, string name, ulong block)
    {
        new CounterRandom(Seed, NameHash.Of(name), block).Fill(values);
        if (_dtype == SafetensorsDtype.BF16)
        {
            foreach (ref var value in values)
            {
                value = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000);
            }
        }
    }

    private static byte[] UpperHalves(ReadOnlySpan<float> values)
    {
        var bytes = new byte[2 * values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(
                bytes.AsSpan(2 * i), (ushort)(BitConverter.SingleToUInt32Bits(values[i]) >> 16));
        }

        return bytes;
    }
}
