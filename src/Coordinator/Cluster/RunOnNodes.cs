using MoR.Coordinator.Configuration;
using MoR.Coordinator.Models;
using MoR.Coordinator.Runs;
using MoR.Coordinator.Training;

namespace MoR.Coordinator.Cluster;

/// <summary>A run whose experts go on nodes.</summary>
/// <param name="Recipe">Its recipe.</param>
/// <param name="Backbone">Its backbone.</param>
/// <param name="BackboneConfig">The text of the backbone's <c>config.json</c>.</param>
/// <param name="Adapter">What is trained.</param>
/// <param name="Folder">Where the run is.</param>
internal sealed record RunOnNodes(
    Recipe Recipe, LoadedBackbone Backbone, string BackboneConfig, TrainedAdapter Adapter, RunFolder Folder);
