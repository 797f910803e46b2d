using System.Reflection;
using MoR.Cluster.Disk;
using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Errors;
using MoR.Coordinator.Benchmarks;
using MoR.Coordinator.Benchmarks.Loading;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Models;
using MoR.Model.Backbone;
using MoR.Model.Safetensors;
using static TorchSharp.torch;

namespace MoR.Coordinator.Tests.Benchmarks;

public sealed class MadeBackboneTests
{
    private static readonly LlamaConfig Config = BenchmarkShape.Demo.Config;

    [Theory]
    [InlineData(SafetensorsDtype.F32, RecipeDtype.F32)]
    [InlineData(SafetensorsDtype.BF16, RecipeDtype.BF16)]
    [InlineData(SafetensorsDtype.BF16, RecipeDtype.F32)]
    public void What_was_written_is_what_is_loaded_and_one_other_bit_is_found(SafetensorsDtype stored, RecipeDtype kept)
    {
        using var made = MadeBackbone.Write(new PhysicalDisk(), Config, stored, CancellationToken.None);
        Check(made, kept);
        using (var file = File.Open(made.File, FileMode.Open))
        {
            file.Position = file.Length - 2;
            var value = file.ReadByte();
            file.Position = file.Length - 2;
            file.WriteByte((byte)(value ^ 1));
        }

        var error = Assert.Throws<RunException>(() => Check(made, kept));
        Assert.Contains("was loaded with other values than it was written with", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_refused_before_anything_is_written()
    {
        var disk = WatchedDisk.Create(out var watched);
        watched.Free = 1 << 20;

        var error = Assert.Throws<InputException>(
            () => MadeBackbone.Write(disk, Config, SafetensorsDtype.F32, CancellationToken.None));

        Assert.Contains("1 MiB are free", error.Message, StringComparison.Ordinal);
        Assert.Contains("TMPDIR", error.Message, StringComparison.Ordinal);
        Assert.Empty(watched.Created);
    }

    [Fact]
    public void A_writing_that_is_stopped_leaves_nothing_behind()
    {
        var disk = WatchedDisk.Create(out var watched);

        Assert.Throws<OperationCanceledException>(
            () => MadeBackbone.Write(disk, Config, SafetensorsDtype.F32, new CancellationToken(canceled: true)));

        Assert.Equal(2, watched.Created.Count);
        Assert.All(watched.Created, path => Assert.False(Directory.Exists(Path.GetDirectoryName(path))));
    }

    private static void Check(MadeBackbone made, RecipeDtype kept)
    {
        using var files = BackboneFolder.Open(made.Folder, _ => { });
        using var loaded = files.Load(kept, CPU, threads: 2);
        made.Check(loaded.Backbone.Weights, CancellationToken.None);
    }

    /// <summary>The disk of this machine, with as much room as a test says.</summary>
    public class WatchedDisk : DispatchProxy
    {
        private readonly PhysicalDisk _disk = new();

        public long? Free { get; set; }

        public List<string> Created { get; } = [];

        public static IDisk Create(out WatchedDisk watched)
        {
            var disk = DispatchProxy.Create<IDisk, WatchedDisk>();
            watched = (WatchedDisk)(object)disk;
            return disk;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(IDisk.FreeBytes) && Free is { } free)
            {
                return free;
            }

            if (targetMethod.Name == nameof(IDisk.Create))
            {
                Created.Add((string)args![0]!);
            }

            return targetMethod.Invoke(_disk, args);
        }
    }
}
