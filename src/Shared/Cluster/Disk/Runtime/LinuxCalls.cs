using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MoR.Cluster.Errors;

namespace MoR.Cluster.Disk.Runtime;

/// <summary>
/// The system calls that the framework does not offer: flushing a folder, a plain rename, a lock that can be read.
/// </summary>
internal static partial class LinuxCalls
{
    public const int ReadOnly = 0;
    public const int ReadWriteCreate = 2 | 0x40;

    // A child process must not inherit these handles: it would keep the lock of a coordinator that died.
    private const int CloseOnExec = 0x80000;
    private const int LockShared = 1;
    private const int LockExclusive = 2;
    private const int LockWithoutWaiting = 4;
    private const int OwnerWritesAllRead = 0x1A4;

    private const int Interrupted = 4;
    private const int WouldBlock = 11;
    private const int InvalidArgument = 22;
    private const int NotSupported = 95;

    public static SafeFileHandle OpenHandle(string path, int flags, string action)
    {
        var descriptor = Retry(() => Open(path, flags | CloseOnExec, OwnerWritesAllRead));
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw LastError(path, action);
    }

    /// <summary>
    /// Flushes a folder. A file system that has nothing to flush for folders says so, which is no failure.
    /// </summary>
    public static void FlushFolder(SafeFileHandle folder, string path)
    {
        if (Retry(() => FileSync(folder)) != 0
            && Marshal.GetLastPInvokeError() is not (InvalidArgument or NotSupported))
        {
            throw LastError(path, "flushing the folder to disk");
        }
    }

    public static void RenameEntry(string from, string to)
    {
        if (Rename(from, to) != 0)
        {
            throw LastError(to, $"renaming '{Path.GetFileName(from)}' to '{Path.GetFileName(to)}'");
        }
    }

    /// <summary>False where another open handle, of this process or another, holds the lock.</summary>
    public static bool TryLock(SafeFileHandle file, string path) => TryLock(file, path, LockExclusive);

    /// <summary>False where another open handle holds the lock for itself alone.</summary>
    public static bool TryLockShared(SafeFileHandle file, string path) => TryLock(file, path, LockShared);

    private static bool TryLock(SafeFileHandle file, string path, int kind)
    {
        if (Retry(() => Lock(file, kind | LockWithoutWaiting)) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == WouldBlock ? false : throw LastError(path, "locking the file");
    }

    private static int Retry(Func<int> call)
    {
        int result;
        do
        {
            result = call();
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        return result;
    }

    private static MorException LastError(string path, string action)
    {
        var errno = Marshal.GetLastPInvokeError();
        return DiskErrors.FromErrno(path, action, errno, Marshal.GetPInvokeErrorMessage(errno));
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}
