using System.Runtime.InteropServices;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Benchmarks.Loading;

/// <summary>A file read from its first byte to its last, and nothing else done with it.</summary>
/// <param name="path">The file.</param>
/// <param name="isKept">
/// Whether all of it is in memory at the end, as after a loader: memory that is new to the process each time, for a process loads
/// once. Otherwise every piece overwrites the one before, which costs no memory and leaves nothing to use.
/// </param>
/// <param name="time">Measures.</param>
internal sealed class ReadContender(string path, bool isKept, TimeProvider time) : IContender
{
    private const int PieceBytes = 8 << 20;

    /// <inheritdoc/>
    public string Name => isKept ? LoadBenchmark.Read : LoadBenchmark.ReadAndDropped;

    /// <inheritdoc/>
    public Task<Turn> RunAsync(int times, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        for (var i = 0; i < times; i++)
        {
            ReadOnce();
        }

        return Task.FromResult(new Turn(time.GetElapsedTime(began).TotalSeconds, []));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private unsafe void ReadOnce()
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(file);
        var memory = (byte*)NativeMemory.Alloc((nuint)(isKept ? length : PieceBytes));
        try
        {
            for (long at = 0; at < length;)
            {
                var piece = new Span<byte>(memory + (isKept ? at : 0), (int)Math.Min(PieceBytes, length - at));
                var read = RandomAccess.Read(file, piece, at);
                if (read == 0)
                {
                    throw new RunException(path, $"it ended at byte {at} of {length}", "Leave the temporary folder alone.");
                }

                at += read;
            }
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }
}
