using MoR.Cluster.Errors;
using MoR.Coordinator.Runs;
using MoR.Model.Adapters;
using MoR.Model.Optimisation;
using MoR.Model.Safetensors;
using MoR.Model.Tensors;
using static TorchSharp.torch;

namespace MoR.Coordinator.Training;

/// <summary>A trainer's state as the files of a checkpoint, and back. Equal states give equal bytes, progress aside.</summary>
internal static class CheckpointContent
{
    private const string OptimizerName = "optimizer.safetensors";
    private const string RouterStateName = "router_state.safetensors";
    private const string FirstMoment = ".exp_avg";
    private const string SecondMoment = ".exp_avg_sq";
    private const string Value = ".value";

    /// <summary>The files of a checkpoint.</summary>
    public static IReadOnlyList<CheckpointFile> Files(
        TrainableState state, RunProgress progress, string backbonePath, string? fingerprint) =>
    [
        new(AdapterFiles.TensorsName, stream => AdapterFiles.WriteTensors(state.Parameters, stream)),
        new(AdapterFiles.ConfigName, stream =>
            AdapterConfigFile.Write(state.Parameters.Layout.Spec, backbonePath, fingerprint, stream)),
        new(OptimizerName, stream => WriteMoments(state, stream)),
        new(RouterStateName, stream => SafetensorsWriter.Write(
            stream, state.RouterState.Select(item => SafetensorsTensors.Source(item.Key, item.Value)))),
        new(RunProgress.FileName, progress.Write),
    ];

    /// <summary>Takes up a checkpoint.</summary>
    /// <exception cref="MorException">It was made on another backbone, or is not what this version writes.</exception>
    public static RunProgress Restore(
        Checkpoint checkpoint, TrainableState state, string? fingerprint, Action<string> notice)
    {
        AdapterConfigFile.Read(
            checkpoint.PathOf(AdapterFiles.ConfigName), state.Parameters.Layout.Config, fingerprint, notice);
        var progress = RunProgress.Read(checkpoint.Read(RunProgress.FileName));
        using (var adapter = SafetensorsFile.Open(checkpoint.PathOf(AdapterFiles.TensorsName)))
        {
            AdapterFiles.Fill(state.Parameters, adapter, notice);
        }

        using (var moments = SafetensorsFile.Open(checkpoint.PathOf(OptimizerName)))
        {
            ReadMoments(state, moments);
        }

        using var routers = SafetensorsFile.Open(checkpoint.PathOf(RouterStateName));
        state.Restore(progress.Step, routers.Tensors.Values.ToDictionary(
            entry => entry.Name,
            entry => Owned(routers, entry, state.Parameters.Values.device)));
        state.Optimiser.Updates = progress.Updates;
        return progress;
    }

    /// <summary>Rows that each expert got, site by site in the order of their names, from a router state.</summary>
    public static IReadOnlyList<IReadOnlyList<long>> Loads(IReadOnlyDictionary<string, Tensor> routerState)
    {
        using var scope = NewDisposeScope();
        return
        [
            .. routerState.Where(item => item.Key.EndsWith(".load", StringComparison.Ordinal))
                .OrderBy(item => item.Key, StringComparer.Ordinal) // a restored state is in another order
                .Select(item => (IReadOnlyList<long>)item.Value.cpu().data<long>().ToArray()),
        ];
    }

    /// <summary>The same from a checkpoint.</summary>
    public static IReadOnlyList<IReadOnlyList<long>> Loads(Checkpoint checkpoint)
    {
        using var scope = NewDisposeScope();
        using var routers = SafetensorsFile.Open(checkpoint.PathOf(RouterStateName));
        return Loads(routers.Tensors.Values.ToDictionary(entry => entry.Name, entry => Owned(routers, entry, CPU)));
    }

    private static void WriteMoments(TrainableState state, Stream stream)
    {
        using var scope = NewDisposeScope();
        var optimiser = state.Optimiser;
        SafetensorsWriter.Write(stream, state.Parameters.Layout.Parameters.SelectMany(parameter => (TensorSource[])[
            SafetensorsTensors.Source(parameter.Name + FirstMoment, optimiser.FirstMoment.View(parameter)),
            SafetensorsTensors.Source(parameter.Name + SecondMoment, optimiser.SecondMoment.View(parameter)),
        ]).Concat(ExactValues(state)));
    }

    /// <summary>The parameters themselves, where the adapter's F32 would round them.</summary>
    private static IEnumerable<TensorSource> ExactValues(TrainableState state) => IsRounded(state)
        ? state.Parameters.Layout.Parameters.Select(parameter =>
            SafetensorsTensors.Source(parameter.Name + Value, state.Parameters.View(parameter)))
        : [];

    private static bool IsRounded(TrainableState state) => state.Parameters.Values.dtype != float32;

    private static void ReadMoments(TrainableState state, SafetensorsFile file)
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in state.Parameters.Layout.Parameters)
        {
            var parts = new List<(ParameterVector Vector, string Suffix)>
            {
                (state.Optimiser.FirstMoment, FirstMoment), (state.Optimiser.SecondMoment, SecondMoment),
            };
            if (IsRounded(state))
            {
                parts.Add((state.Parameters, Value));
            }

            foreach (var (vector, suffix) in parts)
            {
                var view = vector.View(parameter);
                view.copy_(SafetensorsTensors.Load(file, file.Entry(parameter.Name + suffix), view.dtype, view.device));
            }
        }
    }

    /// <summary>A copy that does not share the file's mapping.</summary>
    private static Tensor Owned(SafetensorsFile file, TensorEntry entry, Device device)
    {
        using var scope = NewDisposeScope();
        return SafetensorsTensors.Load(file, entry, int64, CPU).clone().to(device).MoveToOuterDisposeScope();
    }
}
