"""The code cells of document S1 as they stand there: quotes and indentation restored, nothing else.

It is a script for Paddle 1.8, not a module to import. Today it runs with

    python -m paddle_losses.compat.fluid document_s1.py

Not all of it is right: see ``losses.py`` for what is wrong with its Huber and hinge losses.
"""

# In [1]
import paddle.fluid as fluid
import numpy as np

places = fluid.CPUPlace()
exe = fluid.Executor(places)

# In [23]
def l1_loss(pred, label):
    loss = fluid.layers.abs(pred - label)
    loss = fluid.layers.reduce_mean(loss)
    return loss

l1_program = fluid.Program()
with fluid.program_guard(l1_program):
    pred = fluid.data('pred', [3,1], dtype="float32")
    gt = fluid.data('gt', [3,1], dtype="float32")
    loss = l1_loss(pred, gt)

pred_val = np.array([[1], [2], [3] ],dtype="float32")
gt_val = np.array([[1], [3], [6] ],dtype="float32")

loss_value=exe.run(l1_program, feed={ 'pred': pred_val , "gt": gt_val },fetch_list=[loss])
print("L1 Loss:", loss_value)

# In [24]
def l2_loss(pred, label):
    loss = (pred - label) ** 2
    loss = fluid.layers.reduce_mean(loss)
    return loss

l2_program = fluid.Program()
with fluid.program_guard(l2_program):
    pred = fluid.data('pred', shape=[3,1], dtype='float32')
    gt = fluid.data('gt', shape=[3,1], dtype='float32')
    loss = l2_loss(pred, gt)

pred_val = np.array([[3], [2], [1]], dtype='float32')
gt_val = np.array([[1], [2], [3]], dtype='float32')

loss_value = exe.run(l2_program, feed={'pred': pred_val, 'gt': gt_val}, fetch_list= [loss])
print("L2 Loss:", loss_value)

# In [25]
def mean_bias_error(pred, label):
    loss = pred - label
    loss = fluid.layers.reduce_mean(loss)
    return loss

mbe_program = fluid.Program()
with fluid.program_guard(mbe_program):
    pred = fluid.data('pred', shape=[3,1], dtype='float32')
    gt = fluid.data('gt', shape=[3,1], dtype='float32')
    loss = mean_bias_error(pred, gt)

pred_val = np.array([[3], [2], [1]], dtype='float32')
gt_val = np.array([[1], [2], [3]], dtype='float32') # 这组数据上正负的bias就抵消了,这也是深度学习基本不用这个loss的原因

loss_value = exe.run(mbe_program, feed={'pred': pred_val, 'gt': gt_val}, fetch_list= [loss])
print("MBE:", loss_value)

# In [26]
def huber_loss(pred, label, delta=1): # 这个实现里面去掉了 1/2常数项 ,这样不需要用 if,更简洁
    l2 = (pred - label) ** 2
    l1 = fluid.layers.abs(pred - label) * delta
    loss = fluid.layers.elementwise_min(l1, l2)
    loss = fluid.layers.reduce_mean(loss)
    return loss

huber_program = fluid.Program()
with fluid.program_guard(huber_program):
    pred = fluid.data('pred', shape=[3,1], dtype='float32')
    gt = fluid.data('gt', shape=[3,1], dtype='float32')
    loss = huber_loss(pred, gt, delta=2)

pred_val = np.array([[4], [2], [1]], dtype='float32')
gt_val = np.array([[1], [2], [3]], dtype='float32')

loss_value = exe.run(huber_program, feed={'pred': pred_val, 'gt': gt_val}, fetch_list= [loss])
print("Huber Loss:", loss_value)

# In [27]
def logcosh_loss(pred, label):
    loss = pred - label
    e = np.e * fluid.layers.ones_like(loss)
    cosh = ( fluid.layers.elementwise_pow(e, loss) + fluid.layers.elementwise_pow(e, 0-loss) ) / 2
    log = fluid.layers.log(cosh)
    loss= fluid.layers.reduce_mean(log)
    return loss

logcosh_program = fluid.Program()
with fluid.program_guard(logcosh_program):
    pred = fluid.data('pred', shape=[3,1], dtype='float32')
    gt = fluid.data('gt', shape=[3,1], dtype='float32')
    loss = logcosh_loss(pred, gt)

pred_val = np.array([[4], [2], [1]], dtype='float32')
gt_val = np.array([[1], [2], [3]], dtype='float32')

loss_value = exe.run(logcosh_program, feed={'pred': pred_val, 'gt': gt_val}, fetch_list= [loss])
print("Log-Cosh:", loss_value)

# In [28]
def quantile_loss(pred, label, gamma):
    dist = fluid.layers.abs(pred - label)
    cond = fluid.layers.greater_than(pred, label)
    ie = fluid.layers.IfElse(cond)
    with ie.true_block():
        loss = ie.input(dist)
        loss = (1 - gamma) * loss
        ie.output(loss)
    with ie.false_block():
        loss = ie.input(dist)
        loss = gamma * loss
        ie.output(loss)
    loss = ie()[0] # 返回的是一个list
    loss = fluid.layers.reduce_mean(loss)
    return loss

quantile_program = fluid.Program()
with fluid.program_guard(quantile_program):
    pred = fluid.data('pred', shape=[4,1], dtype='float32')
    gt = fluid.data('gt', shape=[4,1], dtype='float32')
    loss = quantile_loss(pred, gt, 0.5)

pred_val = np.array([[4], [2], [1], [3]], dtype='float32')
gt_val = np.array([[1], [2], [3], [4]], dtype='float32')

loss_value = exe.run(quantile_program, feed={'pred': pred_val, 'gt': gt_val}, fetch_list= [loss])
print("quantile loss:", loss_value)

# In [29]
def bce_loss(pred, label, epsilon=1e-05): # 标签都是 0或1,但是计算上log(0)不合法,所以一般将label和pred卡到[eps, 1-eps]范围内
    label = fluid.layers.clip(label, epsilon, 1-epsilon)
    pred = fluid.layers.clip(pred, epsilon, 1-epsilon) # 防止出现log(0)

    loss = -1 * (label * fluid.layers.log(pred) + (1 - label) * fluid.layers.log(1 - pred))
    loss = fluid.layers.reduce_mean(loss)
    return loss

bce_program = fluid.Program()
with fluid.program_guard(bce_program):
    pred = fluid.data('pred', shape=[3,1], dtype='float32')
    gt = fluid.data('gt', shape=[3,1], dtype='float32')
    loss = bce_loss(pred, gt)

pred_val = np.array([[0.9], [0.1], [1]], dtype='float32')
gt_val = np.array([[1], [0], [1]], dtype='float32')

loss_value = exe.run(bce_program, feed={'pred': pred_val, 'gt': gt_val}, fetch_list= [loss])
print("BCE Loss:", loss_value)

# In [30]
def wce_loss(pred, label, w=1, epsilon=1e-05): # w 是给到 y=1 类别的权重,越大越重视
    label = fluid.layers.clip(label, epsilon, 1-epsilon)
    pred = fluid.layers.clip(pred, epsilon, 1-epsilon)

    loss = -1 * (w * label * fluid.layers.log(pred) + (1 - label) * fluid.layers.log(1 - pred))
    loss = fluid.layers.reduce_mean(loss)
    return loss

wce_program = fluid.Program()
with fluid.program_guard(wce_program):
    pred = fluid.data('pred', shape=[3,1], dtype='float32')
    gt = fluid.data('gt', shape=[3,1], dtype='float32')
    loss = wce_loss(pred, gt)

pred_val = np.array([[0.9], [0.1], [1]], dtype='float32')
gt_val = np.array([[1], [0], [1]], dtype='float32')

loss_value = exe.run(wce_program, feed={'pred': pred_val, 'gt': gt_val}, fetch_list= [loss])
print("WCE Loss:", loss_value)

# In [31]
def balanced_ce_loss(pred, label, beta=0.5, epsilon=1e-05): # beta 是给到 y=1 类别的权重,越大越重视,范围在(0-1)
    label = fluid.layers.clip(label, epsilon, 1-epsilon)
    pred = fluid.layers.clip(pred, epsilon, 1-epsilon)

    loss = -1 * (beta * label * fluid.layers.log(pred) + (1-beta) * (1 - label) * fluid.layers.log(1 - pred))
    loss = fluid.layers.reduce_mean(loss)
    return loss

balanced_ce_program = fluid.Program()
with fluid.program_guard(balanced_ce_program):
    pred = fluid.data('pred', shape=[3,1], dtype='float32')
    gt = fluid.data('gt', shape=[3,1], dtype='float32')
    loss = balanced_ce_loss(pred, gt)

pred_val = np.array([[0.9], [0.1], [1]], dtype='float32')
gt_val = np.array([[1], [0], [1]], dtype='float32')

loss_value = exe.run(balanced_ce_program, feed={'pred': pred_val, 'gt': gt_val}, fetch_list= [loss])
print("Balanced Cross Entropy:", loss_value)

# In [32]
def focal_loss(pred, label, alpha=0.25,gamma=2,epsilon=1e-6):
    '''
    alpha 越大越关注y=1的情况
    gamma 越大越关注不确定的情况
    '''
    pred = fluid.layers.clip(pred,epsilon,1-epsilon)
    label = fluid.layers.clip(label,epsilon,1-epsilon)
    loss = -1 * (alpha * fluid.layers.pow((1 - pred), gamma) * label * fluid.layers.log(pred) + (1 - alpha) * fluid.layers.pow(pred, gamma ) * (1 - label) * fluid.layers.log(1 - pred))
    loss = fluid.layers.reduce_mean(loss)
    return loss

focal_program = fluid.Program()
with fluid.program_guard(focal_program):
    pred = fluid.data('pred', shape=[3,1], dtype='float32')
    gt = fluid.data('gt', shape=[3,1], dtype='float32')
    loss = focal_loss(pred, gt)

pred_val = np.array([[0.9], [0.1], [1]], dtype='float32')
gt_val = np.array([[1], [0], [1]], dtype='float32')

loss_value = exe.run(focal_program, feed={'pred': pred_val, 'gt': gt_val}, fetch_list= [loss])
print("Focal Loss:", loss_value)

# In [33]
def hinge_loss(pred, label):
    '''
    alpha 越大越关注y=1的情况
    gamma 越大越关注不确定的情况
    '''
    zeros = fluid.layers.zeros_like(pred)
    loss = fluid.layers.elementwise_max(zeros, 1 - pred * label)
    loss = fluid.layers.reduce_sum(loss)
    return loss

hinge_program = fluid.Program()
with fluid.program_guard(hinge_program):
    pred = fluid.data('pred', shape=[3,1], dtype='float32')
    gt = fluid.data('gt', shape=[3,1], dtype='float32')
    loss = focal_loss(pred, gt)

pred_val = np.array([[0.9], [-0.1], [1]], dtype='float32')
gt_val = np.array([[1], [-1], [1]], dtype='float32')

loss_value = exe.run(hinge_program, feed={'pred': pred_val, 'gt': gt_val}, fetch_list= [loss])
print("Hinge Loss:",loss_value)
