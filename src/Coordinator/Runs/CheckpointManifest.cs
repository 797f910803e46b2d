using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Runs;

/// <summary>
/// The file <c>manifest.json</c> of a checkpoint: the sizes and hashes of all its other files, by name.
/// </summary>
internal sealed class CheckpointManifest
{
    public const string FileName = "manifest.json";

    private const string UseAnother = "This checkpoint is not used; an older one is, if there is one.";
    private const int HashDigits = 64;

    private CheckpointManifest(IReadOnlyList<ManifestEntry> files) => Files = files;

    /// <summary>The files in ordinal order of their names.</summary>
    public IReadOnlyList<ManifestEntry> Files { get; }

    public static CheckpointManifest Of(IEnumerable<ManifestEntry> files) =>
        new([.. files.OrderBy(file => file.Name, StringComparer.Ordinal)]);

    /// <summary>Reads and checks the manifest of a checkpoint's folder.</summary>
    /// <exception cref="MorException">It is missing or damaged.</exception>
    public static CheckpointManifest Read(IDisk disk, string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!disk.FileExists(path))
        {
            throw new InputException(path, "the file is missing, so the checkpoint is not whole", UseAnother);
        }

        try
        {
            using var document = JsonDocument.Parse(disk.ReadAllBytes(path));
            var files = document.RootElement.GetProperty("files").EnumerateArray().Select(ReadEntry).ToArray();
            return files.Length > 0 && files.All(IsPossible)
                ? new(files)
                : throw new InputException(path, "it does not name files with their sizes and hashes", UseAnother);
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InputException(path, "it is not the JSON of a manifest", UseAnother, exception);
        }
    }

    /// <summary>The content of the file; equal manifests give equal bytes.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions
        {
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteStartArray("files");
            foreach (var file in Files)
            {
                json.WriteStartObject();
                json.WriteString("name", file.Name);
                json.WriteNumber("bytes", file.Bytes);
                json.WriteString("sha256", file.Sha256);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads every file of the folder and compares it with the manifest.</summary>
    /// <exception cref="MorException">One is missing, cannot be read or differs; the message names it.</exception>
    public void Check(IDisk disk, string folder)
    {
        foreach (var expected in Files)
        {
            var path = Path.Combine(folder, expected.Name);
            if (!disk.FileExists(path))
            {
                throw new InputException(path, "the file is missing, so the checkpoint is not whole", UseAnother);
            }

            using var file = disk.OpenRead(path);
            var found = ContentHash.Of(file);
            if (found.Bytes != expected.Bytes)
            {
                throw new InputException(
                    path, $"it has {found.Bytes} bytes, the manifest says {expected.Bytes}", UseAnother);
            }

            if (found.Sha256 != expected.Sha256)
            {
                throw new InputException(
                    path, $"its SHA-256 is {found.Sha256}, the manifest says {expected.Sha256}", UseAnother);
            }
        }
    }

    /// <summary>Whether a name is one that a checkpoint's file can have.</summary>
    public static bool IsPlainName(string name) =>
        name.Length > 0 && name != FileName && name[0] != '.' && !name.AsSpan().ContainsAny('/', '\0');

    private static ManifestEntry ReadEntry(JsonElement entry) => new(
        entry.GetProperty("name").GetString() ?? "",
        entry.GetProperty("bytes").GetInt64(),
        entry.GetProperty("sha256").GetString() ?? "");

    private static bool IsPossible(ManifestEntry entry) =>
        IsPlainName(entry.Name) && entry.Bytes >= 0 && entry.Sha256.Length == HashDigits;
}
