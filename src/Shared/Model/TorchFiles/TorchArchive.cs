using System.IO.Compression;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Model.Safetensors;

namespace MoR.Model.TorchFiles;

/// <summary>
/// A file that <c>torch.save</c> wrote for a dictionary of tensors (PyTorch 1.6 and later: a ZIP of uncompressed entries,
/// <c>data.pkl</c> and one <c>data/{key}</c> per storage, little-endian; pytorch/pytorch, torch/serialization.py). The
/// pickle is read by <see cref="PickleReader"/>, which runs nothing that the file names.
/// </summary>
internal static class TorchArchive
{
    private const int MostPickleBytes = 1 << 26;
    private const string NextStep = "Convert the file to safetensors, or save it again with torch.save.";

    /// <summary>Reads a whole file, at most 2 GiB of values, as if it were a safetensors file.</summary>
    /// <exception cref="MorException">It is missing, damaged, or holds something else than tensors by name.</exception>
    public static SafetensorsFile ToSafetensors(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var archive = new ZipArchive(file, ZipArchiveMode.Read);
            var pickle = archive.Entries.FirstOrDefault(entry => entry.Name == "data.pkl")
                ?? throw Wrong(path, "it holds no data.pkl");
            var folder = pickle.FullName[..^"data.pkl".Length];
            if (archive.GetEntry(folder + "byteorder") is { } order && order.Length != "little".Length)
            {
                throw Wrong(path, "its values are not little-endian");
            }

            var tensors = new PickleReader(path, Content(path, pickle, MostPickleBytes)).ReadTensors();
            if (tensors.Sum(item => item.Tensor.Bytes) > int.MaxValue)
            {
                throw Wrong(path, "its tensors are larger than 2 GiB");
            }

            var storages = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            using var image = new MemoryStream();
            SafetensorsWriter.Write(image, tensors.Select(item => Source(item.Name, item.Tensor, StorageOf(item.Tensor))));
            return SafetensorsFile.FromBytes(image.GetBuffer().AsMemory(0, (int)image.Length), path);

            byte[] StorageOf(PickledTensor tensor)
            {
                var key = tensor.Storage.Key;
                if (!storages.TryGetValue(key, out var bytes))
                {
                    var entry = archive.GetEntry($"{folder}data/{key}") ?? throw Wrong(path, $"it holds no data/{key}");
                    storages[key] = bytes = Content(path, entry, int.MaxValue);
                }

                return bytes;
            }
        }
        catch (InvalidDataException cause)
        {
            throw Wrong(
                path, $"it is not a ZIP file as PyTorch 1.6 and later write it ({cause.Message.TrimEnd('.')})", cause);
        }
        catch (Exception cause) when (DiskErrors.IsDiskFailure(cause))
        {
            throw DiskErrors.FromException(path, "reading the file", cause);
        }

        TensorSource Source(string name, PickledTensor tensor, byte[] storage) => tensor.IsWithin(storage.Length)
            ? new TensorSource(name, tensor.Storage.Dtype, tensor.Shape, stream => tensor.CopyTo(stream, storage))
            : throw Wrong(path, $"tensor '{SafetensorsHeader.Quote(name)}' reaches beyond its storage");
    }

    /// <summary>torch.save compresses nothing, so an entry is never larger than the file.</summary>
    private static byte[] Content(string path, ZipArchiveEntry entry, long most)
    {
        if (entry.CompressedLength != entry.Length || entry.Length > most)
        {
            throw Wrong(path, $"its part {SafetensorsHeader.Quote(entry.FullName)} is compressed or too large");
        }

        var content = new byte[entry.Length];
        using var stream = entry.Open();
        return stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) == content.Length
            ? content
            : throw Wrong(path, $"its part {SafetensorsHeader.Quote(entry.FullName)} is cut off");
    }

    private static InputException Wrong(string path, string problem, Exception? cause = null) =>
        new(path, problem, NextStep, cause);
}
