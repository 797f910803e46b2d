using MoR.Cluster.Errors;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks.Loading;

/// <summary>The least that a loader could do: the file, from its first byte to its last, into memory of its own.</summary>
internal sealed class ReadContender(string path, TimeProvider time) : IContender
{
    private const int PieceBytes = 8 << 20;

    /// <inheritdoc/>
    public string Name => LoadBenchmark.Read;

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

    private void ReadOnce()
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(file);
        using var memory = empty([length], uint8);
        var bytes = memory.bytes;
        for (var at = 0; at < length;)
        {
            var read = RandomAccess.Read(file, bytes.Slice(at, (int)Math.Min(PieceBytes, length - at)), at);
            if (read == 0)
            {
                throw new RunException(path, $"it ended at byte {at} of {length}", "Leave the temporary folder alone.");
            }

            at += read;
        }
    }
}
