using System.Text.Json;
using MoR.Cluster.Errors;

namespace MoR.Model.Safetensors;

/// <summary>
/// The file <c>model.safetensors.index.json</c> of a model that is cut into several files (Hugging Face "sharded
/// checkpoints"): <c>weight_map</c> names the file of every tensor.
/// </summary>
public sealed class SafetensorsIndex
{
    /// <summary>The name of the index in a model's folder.</summary>
    public const string FileName = "model.safetensors.index.json";

    private const string Ending = ".safetensors";

    private SafetensorsIndex(OrderedDictionary<string, string> fileOf)
    {
        FileOf = fileOf;
        Files = [.. fileOf.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>The file of each tensor, a plain name, in the order of the index.</summary>
    public IReadOnlyDictionary<string, string> FileOf { get; }

    /// <summary>The files, in ordinal order.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Reads and checks an index.</summary>
    /// <param name="json">The content of the file.</param>
    /// <param name="file">The name of the file, for messages.</param>
    /// <exception cref="InputException">It breaks the format.</exception>
    public static SafetensorsIndex Parse(ReadOnlyMemory<byte> json, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("weight_map", out var map)
                || map.ValueKind != JsonValueKind.Object)
            {
                throw Damaged(file, "it has no object 'weight_map'");
            }

            var fileOf = new OrderedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var tensor in map.EnumerateObject())
            {
                var shard = tensor.Value.ValueKind == JsonValueKind.String ? tensor.Value.GetString()! : "";
                var name = SafetensorsHeader.Quote(tensor.Name);
                if (!IsShardName(shard))
                {
                    throw Damaged(file, $"'weight_map' sends tensor '{name}' to '{SafetensorsHeader.Quote(shard)}', "
                        + "a file name that ends in .safetensors is needed");
                }

                if (!fileOf.TryAdd(tensor.Name, shard))
                {
                    throw Damaged(file, $"'weight_map' has tensor '{name}' twice");
                }
            }

            return fileOf.Count > 0 ? new(fileOf) : throw Damaged(file, "its 'weight_map' is empty");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped half of a surrogate pair, which is valid JSON and no text.
            throw Damaged(file, "it is not valid JSON", exception);
        }
    }

    // Only a plain name: an index must not reach out of its folder.
    private static bool IsShardName(string name) =>
        name.Length > Ending.Length && name.EndsWith(Ending, StringComparison.Ordinal)
        && !name.AsSpan().ContainsAny('/', '\\', '\0');

    private static InputException Damaged(string file, string problem, Exception? cause = null) =>
        new(file, problem, "The index is damaged; copy or download it again.", cause);
}
