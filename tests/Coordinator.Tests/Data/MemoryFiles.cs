using System.Text;

namespace MoR.Coordinator.Tests.Data;

/// <summary>A disk for tests: files by their absolute path.</summary>
internal sealed class MemoryFiles
{
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public MemoryFiles Add(string path, string text) => Add(path, Encoding.UTF8.GetBytes(text));

    public MemoryFiles Add(string path, byte[] bytes)
    {
        _files.Add(path, bytes);
        return this;
    }

    public Stream Open(string path) =>
        _files.TryGetValue(path, out byte[]? bytes) ? new MemoryStream(bytes) : throw new FileNotFoundException(path);
}
