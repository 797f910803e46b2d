using MoR.Torch.Native;

namespace MoR.Torch.Tests.Native;

public sealed class NativeLibraryLoaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mor-native-").FullName;

    [Fact]
    public void A_missing_library_is_an_error_that_says_how_to_build_it()
    {
        var error = Assert.Throws<TorchException>(() => NativeLibraryLoader.Find(null, folder));

        Assert.Contains(folder, error.Message, StringComparison.Ordinal);
        Assert.Contains("`./mor setup`", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_library_that_does_not_exist_is_not_silently_replaced()
    {
        var error = Assert.Throws<TorchException>(() => NativeLibraryLoader.Find("/nowhere/lib.so", folder));

        Assert.Contains("MOR_NATIVE_LIBRARY", error.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/lib.so", error.Message, StringComparison.Ordinal);
        Assert.Contains("`./mor setup`", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_beside_the_program_wins_over_the_one_built_in_the_repository()
    {
        var program = Directory.CreateDirectory(Path.Combine(folder, "a", "b")).FullName;
        var built = Write(Path.Combine(folder, "artifacts", "native"));
        Assert.Equal(built, NativeLibraryLoader.Find(null, program));

        var beside = Write(program);
        Assert.Equal(beside, NativeLibraryLoader.Find(null, program));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "libmor_native.so");
        File.WriteAllBytes(path, []);
        return path;
    }
}
