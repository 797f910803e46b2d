using MoR.Cluster.Disk;
using MoR.Coordinator.Configuration.Pretraining;
using MoR.Coordinator.Runs;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using MoR.Model.Pretraining;
using static TorchSharp.torch;

namespace MoR.Coordinator.Pretraining;

/// <summary>The result of a pretraining run: <c>backbone/</c> in its folder, as Hugging Face stores a Llama.</summary>
internal sealed class PretrainedFolder(IDisk disk, string run)
{
    /// <summary>Its name in the run's folder.</summary>
    public const string Name = "backbone";

    private const string TemporaryName = ".tmp-backbone";
    private const string AsideName = ".aside-backbone";
    private const int BufferBytes = 1 << 17;

    /// <summary>Its path.</summary>
    public string Location => Path.Combine(run, Name);

    /// <summary>
    /// Writes the folder whole beside its place, flushed, and renames it. One of an earlier end of the run is replaced; a
    /// crash in between leaves no folder, and ending the run again writes it.
    /// </summary>
    /// <param name="checkpoint">The parameters.</param>
    /// <param name="layout">The architecture.</param>
    /// <param name="tokenizer">What the run's text was made of.</param>
    /// <param name="dtype">Type of the stored weights.</param>
    public void Write(Checkpoint checkpoint, BackboneLayout layout, PretrainingText tokenizer, OutputDtype dtype)
    {
        var (temporary, aside) = (Path.Combine(run, TemporaryName), Path.Combine(run, AsideName));
        disk.DeleteFolder(temporary);
        disk.DeleteFolder(aside);
        disk.CreateFolder(temporary);
        var isHalf = dtype == OutputDtype.BF16;
        WriteFile(temporary, "config.json", stream => LlamaConfigWriter.Write(
            layout.Config, isHalf ? "bfloat16" : "float32", tokenizer.BeginningOfText, stream));
        using (var parameters = new ParameterVector(layout, float32, CPU))
        {
            BackboneCheckpoint.Fill(parameters, checkpoint);
            WriteFile(temporary, "model.safetensors", stream =>
                BackboneCheckpoint.WriteTensors(parameters, isHalf ? bfloat16 : float32, stream));
        }

        WriteFile(temporary, "tokenizer.json", stream => stream.Write(tokenizer.File));
        disk.FlushFolder(temporary);
        if (disk.FolderExists(Location))
        {
            disk.Rename(Location, aside);
        }

        disk.Rename(temporary, Location);
        disk.FlushFolder(run);
        disk.DeleteFolder(aside);
    }

    private void WriteFile(string folder, string name, Action<Stream> write)
    {
        using var file = disk.Create(Path.Combine(folder, name));

        // Not disposed: that would write the rest of a buffer after a failed write.
        var buffered = new BufferedStream(file, BufferBytes);
        write(buffered);
        buffered.Flush();
        file.FlushToDisk();
    }
}
