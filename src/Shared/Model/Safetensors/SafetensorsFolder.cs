using MoR.Cluster.Errors;
using MoR.Model.Safetensors.Runtime;

namespace MoR.Model.Safetensors;

/// <summary>
/// The weights of a Hugging Face folder: <c>model.safetensors</c>, or the files that
/// <c>model.safetensors.index.json</c> names, as if they were one.
/// </summary>
public sealed class SafetensorsFolder : IDisposable
{
    /// <summary>The name of the weights where they are one file.</summary>
    public const string SingleFileName = "model.safetensors";

    private readonly OrderedDictionary<string, TensorEntry> tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafetensorsFile> fileOf = new(StringComparer.Ordinal);
    private readonly List<SafetensorsFile> files = [];
    private readonly List<string> unlisted = [];

    private SafetensorsFolder(string location) => Location = location;

    /// <summary>The path of the folder.</summary>
    public string Location { get; }

    /// <summary>All tensors by name, file by file in the order of the file names, each in its own order.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => tensors;

    /// <summary>The open files, in the order of their names.</summary>
    public IReadOnlyList<SafetensorsFile> Files => files;

    /// <summary>
    /// Tensors that lie in a file but not in the index under that file; they are not among <see cref="Tensors"/>.
    /// </summary>
    public IReadOnlyList<string> Unlisted => unlisted;

    /// <summary>Opens the weights of a folder and checks that every tensor of the index is in its file.</summary>
    /// <exception cref="MorException">There are none, a file is missing, or one breaks its format.</exception>
    public static SafetensorsFolder Open(string folder)
    {
        var opened = new SafetensorsFolder(folder);
        try
        {
            opened.OpenFiles();
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>The file that holds a tensor.</summary>
    /// <exception cref="InputException">There is none of this name.</exception>
    public SafetensorsFile FileOf(string name) =>
        fileOf.TryGetValue(name, out var file)
            ? file
            : throw new InputException(
                Location, $"its safetensors hold no tensor '{name}' among {tensors.Count}",
                "Check that the folder belongs to this kind of model and is complete.");

    /// <inheritdoc cref="SafetensorsFile.Bytes(string)"/>
    public ReadOnlySpan<byte> Bytes(string name) => FileOf(name).Bytes(name);

    /// <inheritdoc cref="SafetensorsFile.Values"/>
    public ReadOnlySpan<T> Values<T>(string name)
        where T : unmanaged => FileOf(name).Values<T>(name);

    /// <inheritdoc cref="SafetensorsFile.Address"/>
    public nint Address(string name) => FileOf(name).Address(name);

    public void Dispose()
    {
        foreach (var file in files)
        {
            file.Dispose();
        }
    }

    private void OpenFiles()
    {
        var single = Path.Combine(Location, SingleFileName);
        var index = Path.Combine(Location, SafetensorsIndex.FileName);
        if (MappedBytes.Exists(single))
        {
            Add(SafetensorsFile.Open(single), isListed: _ => true);
        }
        else if (MappedBytes.Exists(index))
        {
            OpenShards(index);
        }
        else
        {
            throw new InputException(
                Location, $"it holds neither {SingleFileName} nor {SafetensorsIndex.FileName}",
                "Give the folder of a Hugging Face model with safetensors weights.");
        }
    }

    private void OpenShards(string indexPath)
    {
        using var content = MappedBytes.Open(indexPath);
        var index = SafetensorsIndex.Parse(content.Start.ToArray(), indexPath);
        foreach (var name in index.Files)
        {
            var path = Path.Combine(Location, name);
            if (!MappedBytes.Exists(path))
            {
                var count = index.FileOf.Count(tensor => tensor.Value == name);
                throw new InputException(
                    path, $"the file is missing; {SafetensorsIndex.FileName} says that it holds {count} tensors",
                    "Copy or download it again.");
            }

            Add(SafetensorsFile.Open(path), tensor => index.FileOf.GetValueOrDefault(tensor) == name);
        }

        foreach (var (tensor, name) in index.FileOf)
        {
            if (!tensors.ContainsKey(tensor))
            {
                throw new InputException(
                    indexPath, $"it sends tensor '{SafetensorsHeader.Quote(tensor)}' to {name}, which does not hold it",
                    "Index and weights are of different models; copy or download both again.");
            }
        }
    }

    private void Add(SafetensorsFile file, Func<string, bool> isListed)
    {
        files.Add(file);
        foreach (var (name, entry) in file.Tensors)
        {
            if (isListed(name))
            {
                tensors.Add(name, entry);
                fileOf.Add(name, file);
            }
            else
            {
                unlisted.Add(name);
            }
        }
    }
}
