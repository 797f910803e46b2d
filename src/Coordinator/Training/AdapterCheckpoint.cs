using MoR.Cluster.Errors;
using MoR.Coordinator.Runs;
using MoR.Model.Adapters;
using MoR.Model.Optimisation;
using MoR.Model.Safetensors;
using MoR.Model.Tensors;
using static TorchSharp.torch;

namespace MoR.Coordinator.Training;

/// <summary>The state of an adapter's training as the files of a checkpoint, and back. Equal states give equal bytes,
/// progress aside.</summary>
internal static class AdapterCheckpoint
{
    private const string RouterStateName = "router_state.safetensors";

    /// <summary>The files of a checkpoint.</summary>
    public static IReadOnlyList<CheckpointFile> Files(
        TrainableState state, RunProgress progress, string backbonePath, string? fingerprint) =>
    [
        new(AdapterFiles.TensorsName, stream => AdapterFiles.WriteTensors(state.Parameters, stream)),
        new(AdapterFiles.ConfigName, stream =>
            AdapterConfigFile.Write(AdapterLayout.Of(state.Parameters).Spec, backbonePath, fingerprint, stream)),
        OptimizerFile.Of(state),
        new(RouterStateName, stream => SafetensorsWriter.Write(
            stream, state.RouterState.Select(item => SafetensorsTensors.Source(item.Key, item.Value)))),
        new(RunProgress.FileName, progress.Write),
    ];

    /// <summary>Takes up a checkpoint.</summary>
    /// <exception cref="MorException">It was made on another backbone, or is not what this version writes.</exception>
    public static RunProgress Restore(
        Checkpoint checkpoint, TrainableState state, string? fingerprint, Action<string> notice)
    {
        var config = AdapterLayout.Of(state.Parameters).Config;
        AdapterConfigFile.Read(checkpoint.PathOf(AdapterFiles.ConfigName), config, fingerprint, notice);
        var progress = RunProgress.Read(checkpoint.Read(RunProgress.FileName));
        using (var adapter = SafetensorsFile.Open(checkpoint.PathOf(AdapterFiles.TensorsName)))
        {
            AdapterFiles.Fill(state.Parameters, adapter, notice);
        }

        OptimizerFile.Restore(checkpoint, state, progress.Updates);
        using var routers = SafetensorsFile.Open(checkpoint.PathOf(RouterStateName));
        state.Restore(progress.Step, routers.Tensors.Values.ToDictionary(
            entry => entry.Name,
            entry => Owned(routers, entry, state.Parameters.Values.device)));
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

    /// <summary>A copy that does not share the file's mapping.</summary>
    private static Tensor Owned(SafetensorsFile file, TensorEntry entry, Device device)
    {
        using var scope = NewDisposeScope();
        return SafetensorsTensors.Load(file, entry, int64, CPU).clone().to(device).MoveToOuterDisposeScope();
    }
}
