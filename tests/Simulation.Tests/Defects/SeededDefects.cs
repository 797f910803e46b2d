namespace MoR.Simulation.Tests.Defects;

/// <summary>Mistakes that would break a law, each of the kind that a change could bring in unnoticed.</summary>
internal static class SeededDefects
{
    public static IReadOnlyList<Defect> All { get; } =
    [
        new(
            "a stale epoch is accepted", "src/ExpertNode/ConnectionLoop.cs",
            "welcome.Epoch < served.Epoch)", "welcome.Epoch < served.Epoch - 1_000)"),
        new(
            "answers are summed in the order in which they arrive", "src/Shared/Engine/MicroBatchRunner.cs",
            "                await reply;\n",
            "                await reply;\n"
            + "                var (from, to) = (Array.IndexOf(asked, reply), asked.Count(one => one.IsCompleted) - 1);\n"
            + "                (asked[from], asked[to]) = (asked[to], asked[from]);\n"),
        new(
            "an update is applied twice", "src/Shared/Engine/StepEngine.cs",
            "await math.RunAsync(() => Commit(step));",
            "await math.RunAsync(() => { var first = Commit(step); return step % 7 == 0 ? Commit(step) : first; });"),
        new(
            "a checkpoint is renamed before it is flushed", "src/Coordinator/Runs/CheckpointFile.cs",
            "        file.FlushToDisk();\n", ""),
        new(
            "a request has no deadline", "src/Shared/Cluster/Membership/RequestDesk.cs",
            "node, now, _times.Deadline(request, node, now), request.Bytes", "node, now, now + TimeSpan.FromDays(30), request.Bytes"),
        new(
            "padding is routed", "src/Simulation/StandIn/StandInMicroBatch.cs",
            "Enumerable.Range(0, x_TW.Length / W).Where(row => x_TW.AsSpan(row * W, W).ContainsAnyExcept(0f));",
            "Enumerable.Range(0, x_TW.Length / W);"),
        new(
            "a shard answers at an older version", "src/ExpertNode/Core/NodeCore.cs",
            "            Open(new LoadShard(shard, publish.Version, message.Share(), i));",
            "            if (_openJobs == 0) { Open(new LoadShard(shard, publish.Version, message.Share(), i)); }"),
        new(
            "a hedge is counted twice", "src/Coordinator/Cluster/NodeExpertLink.cs",
            "return await DecodeAsync(() => codec.DecodeParameterGradients(answer, request));",
            "var came = await DecodeAsync(() => codec.DecodeParameterGradients(answer, request)); "
            + "return open.Attempts.Count > 1 ? [.. came, .. came] : came;"),
        new(
            "credit leaks with a sending that was not made", "src/Shared/Cluster/Membership/RequestDesk.cs",
            "        _sendings.End(attempt.Node, attempt.Number, now);\n        Placed(now);", "        Placed(now);"),
        new(
            "a retry changes the routers' gates", "src/Simulation/StandIn/StandInCodec.cs",
            "            backward.Routes.Add(HeadOf(request.Forward.Routes[0]));",
            "            backward.Routes.Add(HeadOf(request.Forward.Routes[0]));\n"
            + "            ((ArrayPayload)request.Forward.Routes[0].Gates).Values[0] *= 1.5f;"),
        new(
            "a damaged checkpoint is taken", "src/Coordinator/Runs/CheckpointManifest.cs",
            "if (found.Sha256 != expected.Sha256)", "if (found.Sha256.Length != expected.Sha256.Length)"),
        new(
            "the epoch is used before it is durable", "src/Shared/Cluster/Disk/DiskExtensions.cs",
            "        disk.Rename(temporary, path);\n        disk.FlushFolder(ParentOf(path));", "        disk.Rename(temporary, path);"),
        new(
            "a frame's checksum is not compared", "src/Shared/Cluster/Framing/FrameDecoder.cs",
            "if (_checksum != _header.Checksum)", "if (_checksum != _header.Checksum && _header.Kind == FrameKind.Heartbeat)"),
        new(
            "the parameters of a session are never freed", "src/Coordinator/Cluster/ClusterActor.cs",
            "        _links.Take(null);\n", ""),
    ];
}
