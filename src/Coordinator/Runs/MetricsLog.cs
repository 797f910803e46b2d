using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Runs;

/// <summary>
/// The file <c>metrics.jsonl</c> of a run: one JSON object per line, each with the <c>step</c> it is about. Lines are
/// visible to readers at once and durable after <see cref="Flush"/>, which comes before the checkpoint of the same
/// step.
/// </summary>
public sealed class MetricsLog : IDisposable
{
    private static readonly JsonWriterOptions readableText =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly DiskStream file;
    private readonly ArrayBufferWriter<byte> line = new();

    private MetricsLog(DiskStream file) => this.file = file;

    /// <summary>
    /// Opens the log to continue after a step. Lines about later steps are dropped, and so are lines that a crash tore;
    /// both are reported.
    /// </summary>
    /// <exception cref="MorException">The file cannot be read or written.</exception>
    public static MetricsLog Open(IDisk disk, string path, long keepThroughStep, Action<string>? report = null)
    {
        if (disk.FileExists(path))
        {
            var content = disk.ReadAllBytes(path);
            var kept = Kept(content, keepThroughStep, out var later, out var torn);
            if (kept.WrittenCount < content.Length)
            {
                disk.WriteWhole(path, kept.WrittenSpan);
                report?.Invoke(
                    $"{path}: dropped {later} lines about steps after {keepThroughStep} and {torn} torn lines.");
            }
        }

        var log = new MetricsLog(disk.OpenAppend(path));
        try
        {
            disk.FlushFolder(Path.GetDirectoryName(path)!);
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Appends a line: the step, then the fields that <paramref name="writeFields"/> adds to the open object.
    /// </summary>
    public void Append(long step, Action<Utf8JsonWriter> writeFields)
    {
        line.Clear();
        using (var json = new Utf8JsonWriter(line, readableText))
        {
            json.WriteStartObject();
            json.WriteNumber("step", step);
            writeFields(json);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        file.Write(line.WrittenSpan);
    }

    /// <summary>Makes every line so far durable.</summary>
    public void Flush() => file.FlushToDisk();

    public void Dispose() => file.Dispose();

    private static ArrayBufferWriter<byte> Kept(
        ReadOnlySpan<byte> content, long keepThroughStep, out int later, out int torn)
    {
        var kept = new ArrayBufferWriter<byte>();
        (later, torn) = (0, 0);
        while (!content.IsEmpty)
        {
            var end = content.IndexOf((byte)'\n');
            var step = end >= 0 ? StepOf(content[..end]) : null;
            var next = end >= 0 ? end + 1 : content.Length;
            if (step is null)
            {
                torn++;
            }
            else if (step > keepThroughStep)
            {
                later++;
            }
            else
            {
                kept.Write(content[..next]);
            }

            content = content[next..];
        }

        return kept;
    }

    // Null for anything but one whole JSON object with a step: a crash may leave half a line, or zeros.
    private static long? StepOf(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        long? step = null;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isStep = reader.ValueTextEquals("step"u8);
                reader.Read();
                if (isStep && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value))
                {
                    step = value;
                }

                reader.Skip();
            }

            return reader.Read() ? null : step;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
