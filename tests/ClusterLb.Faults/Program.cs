using ClusterLb.Faults.Backends;
using ClusterLb.Faults.Command;

// Backends are this program, too.
if (args is not ["backend", .. var backend]) return await FaultCommand.RunAsync(args);
await BackendCommand.RunAsync(backend);
return 0;
