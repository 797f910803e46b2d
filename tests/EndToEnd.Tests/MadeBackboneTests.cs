using System.ComponentModel;
using System.Diagnostics;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests;

/// <summary>The script that makes large folders, at a size for tests, and what keeping bfloat16 weights changes.</summary>
public sealed class MadeBackboneTests
{
    [SkippableTheory]
    [InlineData("llama")]
    [InlineData("mistral")]
    [InlineData("qwen2")]
    public async Task It_trains_evaluates_and_generates_in_bfloat16_much_as_in_float32(string architecture)
    {
        using var world = new TinyWorld();
        Make(world["made"], "--model-type", architecture, "--hidden", "32", "--inner", "48", "--layers", "2", "--heads", "4",
            "--kv-heads", "2", "--vocabulary", "300", "--positions", "64", "--shard-bytes", "20000");
        Assert.True(Directory.GetFiles(world["made"], "*.safetensors").Length > 1, "one file is no test of several");

        var (narrow, single) = (await TrainAsync(world, "bf16"), await TrainAsync(world, "f32"));

        foreach (var key in new[] { "loss_first", "loss_last" })
        {
            Assert.Equal((double)single.Json[key]!, (double)narrow.Json[key]!, 1e-4);
        }

        Assert.NotEqual((double)narrow.Json["loss_first"]!, (double)narrow.Json["loss_last"]!);
        Assert.Equal(narrow.AdapterSha256, (await TrainAsync(world, "bf16", "numerics.threads=3")).AdapterSha256);
        Assert.Equal(await NllAsync(world, "--dtype", "f32"), await NllAsync(world), 1e-5);
        (await InProcess.RunAsync("generate", world["bf16"], "--prompt", "red", "--max-tokens", "3")).Succeeded();
    }

    private static async Task<MorRun> TrainAsync(TinyWorld world, string dtype, string setting = "numerics.threads=1")
    {
        if (Directory.Exists(world[dtype]))
        {
            Directory.Delete(world[dtype], recursive: true);
        }

        return (await InProcess.RunAsync(
            "train", world.Recipe, "--set", $"backbone.path={world["made"]}", "--set", $"backbone.dtype={dtype}", "--set",
            setting, "--steps", "3", "--no-eval", "--output", world[dtype])).Succeeded();
    }

    private static async Task<double> NllAsync(TinyWorld world, params string[] more)
    {
        File.WriteAllText(world["text.txt"], "a red word and a blue one");
        return (double)(await InProcess.RunAsync(["evaluate", world["bf16"], "--text", world["text.txt"], .. more]))
            .Succeeded().Json["nll"]!;
    }

    private static void Make(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("python3", [Script(), folder, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, error);
        }
        catch (Win32Exception)
        {
            Skip.If(true, "python3 is not there");
        }
    }

    private static string Script()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "tests", "make_backbone.py")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("the repository was not found above the tests");
        }

        return Path.Combine(folder.FullName, "tests", "make_backbone.py");
    }
}
