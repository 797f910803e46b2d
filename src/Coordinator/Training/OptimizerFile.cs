using MoR.Coordinator.Runs;
using MoR.Model.Optimisation;
using MoR.Model.Parameters;
using MoR.Model.Safetensors;
using MoR.Model.Tensors;
using static TorchSharp.torch;

namespace MoR.Coordinator.Training;

/// <summary>AdamW's moments as a file of a checkpoint, and the parameters where its F32 would round them.</summary>
internal static class OptimizerFile
{
    private const string Name = "optimizer.safetensors";
    private const string FirstMoment = ".exp_avg";
    private const string SecondMoment = ".exp_avg_sq";
    private const string Value = ".value";

    /// <summary>The file.</summary>
    public static CheckpointFile Of(TrainableState state) => new(Name, stream =>
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(stream, state.Parameters.Layout.Parameters.SelectMany(parameter =>
            Parts(state).Select(part => SafetensorsTensors.Source(parameter.Name + part.Suffix, part.Vector.View(parameter)))));
    });

    /// <summary>Takes it up.</summary>
    public static void Restore(Checkpoint checkpoint, TrainableState state, long updates)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(checkpoint.PathOf(Name));
        foreach (var parameter in state.Parameters.Layout.Parameters)
        {
            foreach (var (vector, suffix) in Parts(state))
            {
                var view = vector.View(parameter);
                view.copy_(SafetensorsTensors.Load(file, file.Entry(parameter.Name + suffix), view.dtype, view.device));
            }
        }

        state.Optimiser.Updates = updates;
    }

    private static List<(ParameterVector Vector, string Suffix)> Parts(TrainableState state)
    {
        List<(ParameterVector, string)> parts =
            [(state.Optimiser.FirstMoment, FirstMoment), (state.Optimiser.SecondMoment, SecondMoment)];
        if (state.Parameters.Values.dtype != float32)
        {
            parts.Add((state.Parameters, Value));
        }

        return parts;
    }
}
