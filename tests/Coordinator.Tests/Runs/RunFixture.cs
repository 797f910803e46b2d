using System.Text;
using MoR.Cluster.Disk;
using MoR.Coordinator.Runs;

namespace MoR.Coordinator.Tests.Runs;

/// <summary>Runs with small checkpoints whose content says which one it is.</summary>
internal static class RunFixture
{
    public const string Location = "/runs/first";
    public const string Recipe = "backbone:\n  path: somewhere\n";

    private static readonly string[] names = ["adapter.safetensors", "optimizer.safetensors", "trainer_state.json"];

    /// <summary>The files of a checkpoint called <paramref name="text"/>; some are written in several pieces.</summary>
    public static CheckpointFile[] Content(string text) =>
    [
        .. names.Select((name, index) => new CheckpointFile(name, stream =>
        {
            for (var piece = 0; piece <= index; piece++)
            {
                stream.Write(Encoding.UTF8.GetBytes($"{text}:{name}:{piece};"));
            }
        })),
    ];

    /// <summary>The text that a checkpoint was saved with, after comparing every byte of every file.</summary>
    public static string TextOf(Checkpoint checkpoint)
    {
        var text = Encoding.UTF8.GetString(checkpoint.Read(names[0])).Split(':')[0];
        foreach (var file in Content(text))
        {
            using var expected = new MemoryStream();
            file.Write(expected);
            Assert.Equal(expected.ToArray(), checkpoint.Read(file.Name));
        }

        Assert.Equal(names, checkpoint.Files.Select(file => file.Name));
        return text;
    }

    /// <summary>A run with one good checkpoint, "old" at step 100, that <c>adapter</c> points to.</summary>
    public static (FaultyDisk Disk, RunFolder Run) WithOneCheckpoint()
    {
        var disk = new FaultyDisk();
        var run = RunFolder.Create(disk, Location, Recipe);
        var metrics = run.OpenMetrics(0);
        Log(metrics, 1, 100);
        run.Save(100, Content("old"));
        run.Checkpoints.PointAdapterTo(100);
        return (disk, run);
    }

    public static void Log(MetricsLog metrics, long first, long last)
    {
        for (var step = first; step <= last; step += 25)
        {
            metrics.Append(step, json => json.WriteNumber("loss", 1.5));
        }
    }

    public static string CheckpointPath(long step, string file = "") =>
        Path.Combine(Location, "checkpoints", $"step-{step:D6}", file);

    /// <summary>Every file below a folder with its content, and every link with its target.</summary>
    public static SortedDictionary<string, string> Tree(IDisk disk, string folder)
    {
        var tree = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in disk.List(folder))
        {
            var path = Path.Combine(folder, name);
            if (disk.ReadLink(path) is { } target)
            {
                tree[name] = "-> " + target;
            }
            else if (disk.FolderExists(path))
            {
                foreach (var (inner, content) in Tree(disk, path))
                {
                    tree[$"{name}/{inner}"] = content;
                }
            }
            else
            {
                tree[name] = Convert.ToHexString(disk.ReadAllBytes(path));
            }
        }

        return tree;
    }
}
