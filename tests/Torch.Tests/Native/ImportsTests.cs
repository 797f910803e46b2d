using System.Reflection;
using System.Runtime.InteropServices;
using MoR.Torch.Native;

namespace MoR.Torch.Tests.Native;

public sealed class ImportsTests
{
    [Fact]
    public void Every_import_is_exported_and_every_export_is_imported()
    {
        var imports = typeof(NativeMethods)
            .GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Select(method => method.Name)
            .Where(name => name.StartsWith("mor_", StringComparison.Ordinal))
            .Distinct()
            .Order(StringComparer.Ordinal);
        var path = NativeLibraryLoader.Find(
            Environment.GetEnvironmentVariable("MOR_NATIVE_LIBRARY"), AppContext.BaseDirectory);

        var exports = ElfSymbols.Exported(path)
            .Where(name => name.StartsWith("mor_", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToArray();

        Assert.NotEmpty(exports);
        Assert.Equal(imports, exports);
    }

    [Fact]
    public void A_scalar_has_the_layout_of_the_native_structure() =>
        Assert.Equal(24, Marshal.SizeOf<TorchSharp.Scalar>());
}
