using System.Text;
using MoR.Cluster.Errors;
using MoR.Cluster.Random;
using MoR.Coordinator.Data;

namespace MoR.Coordinator.Pretraining;

/// <summary>
/// Text files as windows of consecutive tokens. Every epoch is a permutation of the windows, and the last part of each file
/// is kept for validation.
/// </summary>
internal sealed class FileSource : ISequenceSource
{
    private const ulong EpochStream = 0x707265747765706F; // "pretwepo", followed by the epoch
    private const ulong ValidationStream = 0x7072657477766C64; // "pretwvld"
    private const long MostBytes = 1L << 30; // a string holds about as many characters

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly List<int[]> _training = [];
    private readonly List<int[]> _validation = [];
    private readonly ulong _seed;

    // The last permutation that was asked for: only a memory, replaced as a whole.
    private (long Epoch, int[] Order)? _latest;

    /// <summary>Reads and encodes all files.</summary>
    /// <param name="files">Their paths.</param>
    /// <param name="text">The tokenizer.</param>
    /// <param name="maxTokens">Length of a window.</param>
    /// <param name="validationFraction">Share of each file's windows, from its end, that is kept for validation.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <exception cref="InputException">A file is missing, unreadable, too large, not UTF-8, or too short.</exception>
    public FileSource(IEnumerable<string> files, ITextEncoder text, int maxTokens, double validationFraction, ulong seed)
    {
        _seed = seed;
        foreach (var file in files)
        {
            var windows = TextSequences.WithEnd(text, ReadText(file)).Chunk(maxTokens)
                .Where(window => window.Length >= 2)
                .ToArray();
            if (windows.Length == 0)
            {
                throw new InputException(file, "it holds no text to predict", "Leave it out of data.files.");
            }

            var kept = Math.Min(windows.Length - 1, (int)Math.Ceiling(windows.Length * validationFraction));
            _training.AddRange(windows[..^kept]);
            _validation.AddRange(windows[^kept..]);
        }
    }

    /// <inheritdoc/>
    public string Name => "files";

    /// <inheritdoc/>
    public long? TrainingSequences => _training.Count;

    /// <inheritdoc/>
    public int[] Training(long index)
    {
        var (epoch, position) = Math.DivRem(index, _training.Count);
        if (_latest is not { } latest || latest.Epoch != epoch)
        {
            latest = (epoch, Shuffled(_training.Count, EpochStream, (ulong)epoch));
            _latest = latest;
        }

        return _training[latest.Order[position]];
    }

    /// <inheritdoc/>
    public IReadOnlyList<int[]> Validation(int most) =>
        [.. Shuffled(_validation.Count, ValidationStream, 0).Take(most).Select(index => _validation[index])];

    private int[] Shuffled(int count, ulong stream, ulong number)
    {
        var order = Enumerable.Range(0, count).ToArray();
        new CounterRandom(_seed, stream, number).Shuffle(order);
        return order;
    }

    private static string ReadText(string file)
    {
        try
        {
            if (new FileInfo(file).Length > MostBytes)
            {
                throw new InputException(file, $"it is larger than {MostBytes} bytes", "Cut it into several files.");
            }

            var text = StrictUtf8.GetString(File.ReadAllBytes(file));
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException cause)
        {
            throw new InputException(file, $"byte {cause.Index} is not UTF-8 text", "Save the file as UTF-8.", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                file, $"the text cannot be read ({cause.Message.TrimEnd('.')})", "Check data.files.", cause);
        }
    }
}
