using System.Reflection;
using MoR.Cluster.Disk;
using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Errors;

namespace MoR.EndToEnd.Tests.World;

/// <summary>The machine's disk, on which no file can be created in one folder.</summary>
public class FailingDisk : DispatchProxy
{
    private readonly PhysicalDisk _disk = new();
    private string _folder = "";

    /// <summary>Makes one.</summary>
    public static IDisk At(string folder)
    {
        var disk = Create<IDisk, FailingDisk>();
        ((FailingDisk)(object)disk)._folder = folder;
        return disk;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(IDisk.Create) && ((string)args![0]!).StartsWith(_folder, StringComparison.Ordinal))
        {
            throw new RunException((string)args[0]!, "the disk fails, as this test wants it to", "Nothing.");
        }

        try
        {
            return targetMethod.Invoke(_disk, args);
        }
        catch (TargetInvocationException error)
        {
            throw error.InnerException!;
        }
    }
}
