using System.Text.Json.Nodes;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Doctor;

/// <summary>What <c>mor doctor --json</c> prints. Sizes are bytes; rates are in 10⁹ operations per second.</summary>
internal static class DoctorJson
{
    public static JsonObject Of(
        MachineFacts facts, IReadOnlyList<ProductRate> rates, IReadOnlyList<DoctorWarning> warnings) => new()
        {
            ["mor"] = facts.MorVersion,
            ["dotnet"] = facts.DotnetVersion,
            ["system"] = facts.OperatingSystem,
            ["kernel"] = facts.Kernel,
            ["processor"] = new JsonObject
            {
                ["model"] = facts.Processor.Model,
                ["cores"] = facts.Processor.Cores,
                ["threads"] = facts.Processor.Threads,
                ["usable"] = facts.UsableProcessors,
                ["vector_flags"] = List(facts.Processor.VectorFlags, flag => flag),
            },
            ["memory"] = new JsonObject
            {
                ["total_bytes"] = facts.Memory.Total,
                ["available_bytes"] = facts.Memory.Available,
            },
            ["libtorch"] = facts.Torch?.LibtorchVersion,
            ["blas"] = facts.Torch is not { } torch ? null : new JsonObject
            {
                ["library"] = torch.BlasLibrary,
                ["core"] = torch.OpenBlasCore,
                ["configuration"] = torch.OpenBlasConfiguration,
            },
            ["kernels"] = facts.Torch?.KernelSet,
            ["identity"] = facts.Identity is not { } identity ? null : new JsonObject
            {
                ["answers_sha256"] = identity.AnswersSha256,
                ["device"] = identity.Device,
                ["cpu"] = identity.Cpu,
                ["libraries"] = identity.Libraries,
            },
            ["backbones"] = List(LlamaConfigFile.Supported, name => name),
            ["gpus"] = List(facts.Torch?.CudaDevices ?? [], name => name),
            ["product"] = List(
                rates,
                rate => new JsonObject { ["threads"] = rate.Threads, ["gflops"] = Math.Round(rate.Gigaflops, 1) }),
            ["disk"] = new JsonObject { ["folder"] = facts.Folder, ["free_bytes"] = facts.FreeBytes },
            ["locks"] = facts.LockProblem is null,
            ["warnings"] = List(
                warnings,
                warning => new JsonObject { ["what"] = warning.What, ["next_step"] = warning.NextStep }),
        };

    private static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode> toNode) => [.. items.Select(toNode)];
}
