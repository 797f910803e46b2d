using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json.Nodes;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.Cluster.Runtime;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Models;
using MoR.ExpertNode;
using MoR.ExpertNode.Core;
using MoR.Model.Experts;
using MoR.Model.Machines;
using MoR.Model.Runtime;
using MoR.Model.Workers;
using MoR.Program.Runtime;
using MoR.Torch.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace MoR.Program;

/// <summary><c>mor expert</c>: a node on this machine, until the run ends or the coordinator stays lost.</summary>
internal sealed class ExpertSession(
    ExpertOptions options, ITerminal terminal, IDisk disk, TimeProvider time, Func<MemoryFacts> memory, ClusterSurroundings around)
{
    private const long Gib = 1L << 30;

    /// <summary>Runs the command.</summary>
    public async Task<CommandOutcome> RunAsync(CancellationToken stop)
    {
        var token = JoinTokens.Find(disk, options.TokenFile, options.TlsFolder);
        JoinTokens.Require("--coordinator", options.Coordinator, token);
        var transport = around.Transport(options.TlsFolder);
        var device = ComputeDevice.Parse(options.Device);
        using var pool = new MathPool(options.Threads ?? Math.Min(Environment.ProcessorCount, RecipeNumerics.MostThreads));
        using var backbone = new BackboneReplica(options.Backbone is null ? null : Path.GetFullPath(options.Backbone), device, pool);
        var math = new TorchNodeMath(
            new MathPoolExecutor(pool), device, MachineIdentity.Of(device, pool), ProductSpeed.Measure(device, pool, time), backbone);
        var limits = NodeLimits.Of(MemoryOf(device));
        terminal.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"room for {limits.ShardBytes:N0} bytes of shards, {limits.RequestBytes:N0} of requests, "
            + $"{limits.KeptBytes:N0} kept for backward"));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (options.UntilEndOfInput)
        {
            StandardInput.WhenItEnds(ProcessEnd.Now);
        }

        var result = await ExpertNodeProgram.RunAsync(
            new ExpertNodeOptions
            {
                Coordinator = options.Coordinator,
                Name = options.Name ?? Environment.MachineName,
                Incarnation = Incarnation(),
                Build = ProgramVersion.Text,
                Roles = options.Roles,
                Limits = limits,
                LookFor = TimeSpan.FromSeconds(options.RetrySeconds),
            },
            transport, new Handshake(token, around.Random, time), time, math, terminal.Line, ending.Token);
        terminal.Line($"node ended: {result.Reason}. {result.NextStep}".TrimEnd());
        return new CommandOutcome(result.ExitCode, new JsonObject
        {
            ["ended"] = result.Reason,
            ["exit_code"] = result.ExitCode,
        });
    }

    /// <summary>Bytes for what the node holds: as told, else what the device has free now that the program is loaded.</summary>
    private long MemoryOf(Device device)
    {
        if (options.MemoryGib is { } told)
        {
            return (long)(told * Gib);
        }

        var free = device.type == DeviceType.CUDA ? GpuMemory.Free(device.index) : memory().Available;
        return free is > 0
            ? free.Value
            : throw new InputException(
                "--memory-gib", $"this machine does not tell what is free on {device}",
                "Give what the node may use, such as --memory-gib 8.");
    }

    /// <summary>What a coordinator that started this process gave it, to know its link by; else random.</summary>
    private ulong Incarnation()
    {
        if (Environment.GetEnvironmentVariable(NodeProcesses.IncarnationVariable) is { } given)
        {
            return ulong.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var incarnation)
                ? incarnation
                : throw new InputException(
                    NodeProcesses.IncarnationVariable, $"'{given}' is not a whole number of 64 bits",
                    "Unset it: only 'mor train --nodes' sets it.");
        }

        var bytes = new byte[sizeof(ulong)];
        around.Random.GetBytes(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
