using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MoR.Cluster.Disk.Runtime;

/// <summary>
/// A lock by <c>flock</c>: it belongs to the open handle, so the kernel drops it when the process ends, however it
/// ends. The file says who holds it. It is emptied and never deleted: deleting a lock file lets two processes lock
/// two files of the same name.
/// </summary>
internal sealed class PhysicalLock : IDisposable
{
    private const int LongestHolder = 512;
    private readonly SafeFileHandle file;

    private PhysicalLock(SafeFileHandle file) => this.file = file;

    public static PhysicalLock? TryTake(string path, out string holder)
    {
        var handle = LinuxCalls.OpenHandle(path, LinuxCalls.ReadWriteCreate, "opening the lock file");
        try
        {
            if (!LinuxCalls.TryLock(handle, path))
            {
                holder = ReadHolder(handle);
                handle.Dispose();
                return null;
            }

            holder = $"process {Environment.ProcessId} on {Environment.MachineName}";
            RandomAccess.SetLength(handle, 0);
            RandomAccess.Write(handle, Encoding.UTF8.GetBytes(holder + "\n"), 0);
            return new PhysicalLock(handle);
        }
        catch (Exception exception)
        {
            handle.Dispose();
            if (DiskErrors.IsDiskFailure(exception))
            {
                throw DiskErrors.FromException(path, "writing the lock file", exception);
            }

            throw;
        }
    }

    /// <summary>Who holds the lock. Only where the file names somebody is the lock itself asked for, for a moment and shared:
    /// whoever died left his name.</summary>
    public static string? HolderOf(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var handle = LinuxCalls.OpenHandle(path, LinuxCalls.ReadOnly, "opening the lock file");
        return RandomAccess.GetLength(handle) == 0 || LinuxCalls.TryLockShared(handle, path) ? null : ReadHolder(handle);
    }

    public void Dispose()
    {
        if (file.IsClosed)
        {
            return;
        }

        try
        {
            RandomAccess.SetLength(file, 0);
        }
        catch (IOException)
        {
            // The text is a courtesy to whoever looks; the lock itself goes with the handle.
        }

        file.Dispose();
    }

    private static string ReadHolder(SafeFileHandle handle)
    {
        var bytes = new byte[LongestHolder];
        var count = RandomAccess.Read(handle, bytes, 0);
        var text = Encoding.UTF8.GetString(bytes, 0, count).Trim();
        return text.Length > 0 ? text : "another process";
    }
}
