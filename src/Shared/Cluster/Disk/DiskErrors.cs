using MoR.Cluster.Errors;

namespace MoR.Cluster.Disk;

/// <summary>
/// The one place that turns failures of the file system into messages. Paths and permissions are the user's to mend
/// (<see cref="InputException"/>); a full or failing disk is a failure while running (<see cref="RunException"/>).
/// </summary>
public static class DiskErrors
{
    // errno values of Linux (asm-generic/errno-base.h and errno.h).
    private const int NotPermitted = 1;
    private const int NoSuchEntry = 2;
    private const int AccessDenied = 13;
    private const int AlreadyExists = 17;
    private const int NotAFolder = 20;
    private const int IsAFolder = 21;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int NameTooLong = 36;
    private const int TooManyLinks = 40;
    private const int QuotaExceeded = 122;

    /// <summary>The message for a system call that failed with <paramref name="errno"/>.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="action">What was being done, to follow "while": "writing the file".</param>
    /// <param name="errno">The number of the error (Linux).</param>
    /// <param name="reason">The system's own words for it, used where we have no better ones.</param>
    /// <param name="cause">The exception that carried it, if any.</param>
    public static MorException FromErrno(
        string path, string action, int errno, string reason, Exception? cause = null) =>
        errno switch
        {
            NoSpace or QuotaExceeded => Full(path, action, errno == QuotaExceeded, cause),
            NotPermitted or AccessDenied => new InputException(
                path, $"permission denied while {action}",
                "Give this user the permission, or choose another folder.", cause),
            ReadOnlyFileSystem => new InputException(
                path, $"the file system is read-only, found while {action}",
                "Choose a folder on a file system that can be written.", cause),
            NoSuchEntry => new InputException(
                path, $"no such file or folder, found while {action}", "Check the path.", cause),
            NotAFolder => new InputException(
                path, $"a part of this path is not a folder, found while {action}",
                "Choose a path whose parents are folders.", cause),
            IsAFolder => new InputException(
                path, $"it is a folder where a file was expected, found while {action}", "Check the path.", cause),
            AlreadyExists => new InputException(
                path, $"something of this name is already there, found while {action}",
                "Move it away, or choose another path.", cause),
            NameTooLong => new InputException(
                path, $"the name is too long for this file system, found while {action}",
                "Choose a shorter path.", cause),
            TooManyLinks => new InputException(
                path, $"its symbolic links go round in a circle, found while {action}", "Mend the links.", cause),
            _ => new RunException(
                path, $"{Clean(reason)} (error {errno}) while {action}",
                "Check that disk and its mount; what was saved before stays good.", cause),
        };

    /// <summary>A full disk or an exceeded quota: what was saved before stays good.</summary>
    public static RunException Full(string path, string action, bool isQuota = false, Exception? cause = null) =>
        new(path,
            (isQuota ? "the disk quota is used up" : "no space left on the disk") + $" while {action}",
            "Free some space there, or choose a folder on another disk; what was saved before stays good.", cause);

    /// <summary>The message for an exception that the framework's file classes threw.</summary>
    public static MorException FromException(string path, string action, Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        var errno = cause switch
        {
            UnauthorizedAccessException => AccessDenied,
            FileNotFoundException or DirectoryNotFoundException => NoSuchEntry,
            PathTooLongException => NameTooLong,

            // .NET on Unix keeps errno in HResult of a plain IOException.
            _ => cause.HResult,
        };
        return FromErrno(path, action, errno, cause.Message, cause);
    }

    /// <summary>Whether an exception is the file system's doing and not a mistake in the program.</summary>
    public static bool IsDiskFailure(Exception exception) =>
        exception is IOException or UnauthorizedAccessException;

    private static string Clean(string reason) => reason.TrimEnd('.', ' ', '\n');
}
