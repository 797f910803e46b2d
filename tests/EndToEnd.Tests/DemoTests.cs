using System.Text.Json;
using System.Text.Json.Nodes;
using MoR.Coordinator.Doctor;
using MoR.EndToEnd.Tests.Processes;
using MoR.Torch;

namespace MoR.EndToEnd.Tests;

/// <summary>The embedded demo: what a newcomer sees first.</summary>
public sealed class DemoTests
{
    private const int GoldenSteps = 20;
    private const double OtherMachines = 1e-2; // other kernels round differently, and twenty steps carry that on

    /// <summary>
    /// Losses with all their digits, by kind of machine (law 1 speaks of one kind). A change here is a change of the numerics:
    /// made on purpose, or a defect. A kind that is not listed is held to <see cref="OtherMachines"/>.
    /// </summary>
    [Fact]
    public async Task The_first_losses_of_the_demo_are_the_golden_ones()
    {
        var folder = Directory.CreateTempSubdirectory("mor-demo-");
        try
        {
            var run = Path.Combine(folder.FullName, "run");
            (await InProcess.RunAsync("train", "--no-eval", "--stop-after", $"{GoldenSteps}", "--output", run)).Succeeded();
            double[] losses = [.. RunFiles.Metrics(run).Select(line => (double)line["loss"]!)];
            var golden = JsonNode.Parse(File.ReadAllText(GoldenFile))!.AsObject();

            Assert.Equal(GoldenSteps, losses.Length);
            if (golden[Machine] is { } own)
            {
                Assert.Equal(own.Deserialize<double[]>(), losses);
                return;
            }

            var other = golden.First().Value.Deserialize<double[]>()!;
            Assert.All(losses.Zip(other), pair => Assert.True(
                Math.Abs(pair.First - pair.Second) <= OtherMachines * pair.Second,
                $"{Machine} is not in {GoldenFile}; its losses are [{string.Join(", ", losses.Select(loss => $"{loss:R}"))}]"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_demo_takes_no_more_room_than_was_promised()
    {
        var size = Directory.GetFiles(Path.Combine(Root, "demo"), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

        Assert.InRange(size, 1 << 20, 8 << 20);
    }

    /// <summary>
    /// What the README says of the demo; and that it is the backbone's doing: with the weights that pretraining begins with, the
    /// same recipe ends far lower.
    /// </summary>
    [Fact]
    [Trait("Tier", "long")]
    public async Task The_demo_learns_its_skills_and_a_backbone_that_was_not_pretrained_learns_fewer()
    {
        var folder = Directory.CreateTempSubdirectory("mor-demo-");
        try
        {
            string At(string name) => Path.Combine(folder.FullName, name);
            var trained = (await InProcess.RunAsync("train", "--output", At("trained"))).Succeeded().Json;
            var gains = trained["gain"]!.AsObject().Select(item => (double)item.Value!).ToList();

            Assert.Equal(10, gains.Count);
            Assert.True((double)trained["mean_gain"]! >= 0.4, $"{trained}");
            Assert.True(gains.Count(gain => gain >= 0.2) >= 8, $"{trained}");

            (await InProcess.RunAsync(
                "pretrain", "demo", "--steps", "1", "--set", "training.learning_rate=1e-12", "--output", At("start"))).Succeeded();
            var control = (await InProcess.RunAsync(
                "train", "--set", $"backbone.path={At("start/backbone")}", "--output", At("control"))).Succeeded().Json;

            Assert.True(Mean(trained) - Mean(control) >= 0.15, $"{Mean(trained)} and {Mean(control)}\n{control}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Root => Path.GetDirectoryName(MoR.Coordinator.Configuration.ShippedFolder.Find("recipes"))!;

    private static string GoldenFile => Path.Combine(Root, "tests", "EndToEnd.Tests", "Golden", "demo_losses.json");

    /// <summary>What decides the bits on a processor: kernels, and the libraries that choose them.</summary>
    private static string Machine
    {
        get
        {
            var facts = new MachineProbe(TimeProvider.System).Read();
            return $"{facts.Processor.Model}, OpenBLAS {TorchRuntime.Info.OpenBlasCore}, libtorch {TorchRuntime.Info.LibtorchVersion}";
        }
    }

    private static double Mean(JsonObject run) => run["accuracy"]!.AsObject().Average(item => (double)item.Value!["after"]!);
}
