// SCIMMY over Maps, with indexes of userNames and externalIds: as fast as its users can make it without a database.
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";
import { randomUUID } from "node:crypto";

const users = new Map();
const groups = new Map();
const indexes = { userName: new Map(), externalId: new Map() };
const keyOf = { userName: (value) => value.toLowerCase(), externalId: (value) => value };

function notFound(id) {
    throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
}

// SCIMMY renders whatever it is given and throws away what is not on the page: it is given the page alone.
function onPage(constraints) {
    const { startIndex = 1, count = 20 } = constraints;
    constraints.totalResults = users.size;
    return [...users.values()].slice(startIndex - 1, startIndex - 1 + count);
}

function wanted({ filter, constraints }) {
    if (!filter) return constraints ? onPage(constraints) : [...users.values()];
    for (const [name, index] of Object.entries(indexes)) {
        const [operator, value] = filter.length === 1 ? (filter[0][name] ?? []) : [];
        if (operator === "eq" && typeof value === "string") {
            const found = index.get(keyOf[name](value));
            return found ? [found] : [];
        }
    }
    return filter.match([...users.values()]);
}

function kept(resources, resourceType, resource, data) {
    const now = new Date().toISOString();
    const id = resource.id ?? randomUUID();
    const before = resources.get(id);
    const meta = { resourceType, created: before?.meta.created ?? now, lastModified: now };
    const after = { ...before, ...data, id, meta };
    resources.set(id, after);
    return after;
}

SCIMMY.Resources.declare(SCIMMY.Resources.User, {
    egress: (resource) => (resource.id ? (users.get(resource.id) ?? notFound(resource.id)) : wanted(resource)),
    ingress: (resource, data) => {
        const holder = indexes.userName.get(keyOf.userName(data.userName));
        if (holder && holder.id !== resource.id) throw new SCIMMY.Types.Error(409, "uniqueness", "userName is taken");
        const user = kept(users, "User", resource, data);
        for (const [name, index] of Object.entries(indexes)) if (user[name]) index.set(keyOf[name](user[name]), user);
        return user;
    },
    degress: (resource) => {
        const user = users.get(resource.id) ?? notFound(resource.id);
        users.delete(resource.id);
        for (const [name, index] of Object.entries(indexes)) if (user[name]) index.delete(keyOf[name](user[name]));
    },
});
SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser);

SCIMMY.Resources.declare(SCIMMY.Resources.Group, {
    egress: (resource) => (resource.id ? (groups.get(resource.id) ?? notFound(resource.id)) : [...groups.values()]),
    ingress: (resource, data) => kept(groups, "Group", resource, data),
    degress: (resource) => groups.delete(resource.id) || notFound(resource.id),
});

const app = express();
app.use("/scim/v2", new SCIMMYRouters({ type: "bearer", handler: () => "bench" }));
const server = app.listen(Number(process.argv[2]), "127.0.0.1");
// else connections whose next request waits while a slow one is answered are closed as idle
server.keepAliveTimeout = 600_000;
