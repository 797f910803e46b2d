using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.CommandLine;
using MoR.Model.Adapters;

namespace MoR.Coordinator.Export;

/// <summary><c>mor import</c>.</summary>
internal sealed class ImportSession(ImportOptions options, ITerminal terminal, IDisk disk)
{
    /// <summary>Runs the command.</summary>
    public CommandOutcome Run()
    {
        var output = AdapterFolder.FullPath(options.Output);
        AdapterFolder.RequireFree(disk, output);
        var config = Path.Combine(options.Folder, AdapterFiles.ConfigName);
        var named = AdapterConfigFile.BaseModel(config);
        var backbone = options.Backbone ?? Found(config, named);
        using var adapter = PortableAdapter.Load(options.Folder, backbone, terminal.Note);
        var result = adapter.Write(
            disk, output, Path.GetFileName(output), "converted by `mor import` from another folder", named ?? backbone);
        terminal.Line($"{output} holds the adapter in mor's format; give it to --adapter.");
        return CommandOutcome.Done(result);
    }

    private static string Found(string config, string? named) => named is null
        ? throw new InputException(config, "it does not name the backbone", "Add --backbone DIR.")
        : Directory.Exists(named)
            ? named
            : throw new InputException(
                config, $"base_model_name_or_path: '{named}' is no folder here", "Add --backbone DIR.");
}
