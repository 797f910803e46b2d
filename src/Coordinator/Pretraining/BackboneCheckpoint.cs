using MoR.Cluster.Errors;
using MoR.Coordinator.Runs;
using MoR.Coordinator.Training;
using MoR.Model.Optimisation;
using MoR.Model.Parameters;
using MoR.Model.Safetensors;
using MoR.Model.Tensors;
using static TorchSharp.torch;

namespace MoR.Coordinator.Pretraining;

/// <summary>The state of a backbone's training as the files of a checkpoint, and back. Equal states give equal bytes, progress
/// aside.</summary>
internal static class BackboneCheckpoint
{
    /// <summary>The parameters, F32, under their Hugging Face names.</summary>
    public const string TensorsName = "backbone.safetensors";

    /// <summary>The files of a checkpoint.</summary>
    public static IReadOnlyList<CheckpointFile> Files(TrainableState state, RunProgress progress) =>
    [
        new(TensorsName, stream => WriteTensors(state.Parameters, float32, stream)),
        OptimizerFile.Of(state),
        new(RunProgress.FileName, progress.Write),
    ];

    /// <summary>Takes up a checkpoint.</summary>
    /// <exception cref="MorException">It belongs to another architecture, or is not what this version writes.</exception>
    public static RunProgress Restore(Checkpoint checkpoint, TrainableState state)
    {
        var progress = RunProgress.Read(checkpoint.Read(RunProgress.FileName));
        Fill(state.Parameters, checkpoint);
        OptimizerFile.Restore(checkpoint, state, progress.Updates);
        state.Restore(progress.Step, new Dictionary<string, Tensor>());
        return progress;
    }

    /// <summary>Copies a checkpoint's parameters.</summary>
    public static void Fill(ParameterVector parameters, Checkpoint checkpoint)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(checkpoint.PathOf(TensorsName));
        foreach (var parameter in parameters.Layout.Parameters)
        {
            var entry = file.Entry(parameter.Name);
            if (!entry.Shape.SequenceEqual(parameter.Shape))
            {
                throw new InputException(
                    file.Location,
                    $"tensor '{parameter.Name}' is {entry.ShapeText}, and the recipe needs {parameter.ShapeText}",
                    "Go on with the tokenizer and the model that the run began with.");
            }

            var view = parameters.View(parameter);
            view.copy_(SafetensorsTensors.Load(file, entry, view.dtype, view.device));
        }
    }

    /// <summary>Writes the parameters.</summary>
    public static void WriteTensors(ParameterVector parameters, ScalarType dtype, Stream stream)
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(
            stream,
            parameters.Layout.Parameters.Select(parameter =>
                SafetensorsTensors.Source(parameter.Name, parameters.View(parameter).to(dtype))),
            new Dictionary<string, string> { ["format"] = "pt" });
    }
}
